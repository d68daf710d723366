"""The Odoo connector's section of `sources.yaml`. The key is a credential: `TILLSIGHT_ODOO_API_KEY`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from connectors.source import SourceConfig


class OdooSource(SourceConfig):
    """One Odoo database.

    Attributes:
        url: Address of the server, such as `https://shop.odoo.com`.
        database: Name of the database.
        user: Login of the user that reads.
        ca_file: Certificates to trust instead of the public ones.
        time_zone: IANA name, for stores whose company says none; unset means the workspace's default.
    """

    type: Literal["odoo"]
    url: str
    database: str = Field(min_length=1)
    user: str = Field(min_length=1)
    ca_file: Path | None = None
    time_zone: str | None = None

    @property
    def place(self) -> str:
        """Where the source is."""
        return f"{self.url.rstrip('/')}/{self.database}"
