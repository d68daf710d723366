"""The ERPNext connector's section of `sources.yaml`. Credentials: `TILLSIGHT_ERPNEXT_API_KEY` and `…_API_SECRET`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from connectors.source import SourceConfig


class ERPNextSource(SourceConfig):
    """One ERPNext site.

    Attributes:
        url: Address of the site, such as `https://shop.example`.
        ca_file: Certificates to trust instead of the public ones.
        time_zone: IANA name of the zone that the site keeps its moments in; only for a site that does not say.
    """

    type: Literal["erpnext"]
    url: str
    ca_file: Path | None = None
    time_zone: str | None = None

    @property
    def place(self) -> str:
        """Where the source is."""
        return self.url.rstrip("/")
