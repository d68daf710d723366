"""The InvenTree connector's section of `sources.yaml`. The token is a credential: `TILLSIGHT_INVENTREE_TOKEN`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator

from connectors.source import SourceConfig


class InvenTreeSource(SourceConfig):
    """One InvenTree server.

    Attributes:
        url: Address of the server, such as `https://stock.example`.
        ca_file: Certificates to trust instead of the public ones.
        time_zone: IANA name of the server's own time; unset means the workspace's default.
    """

    type: Literal["inventree"]
    url: str
    ca_file: Path | None = None
    time_zone: str | None = None

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(f"{value!r} is no time zone such as Europe/Paris") from error
        return value

    @property
    def place(self) -> str:
        """Where the source is."""
        return self.url.rstrip("/")
