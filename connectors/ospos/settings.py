"""The OSPOS connector's section of `sources.yaml`. The password is a credential: `TILLSIGHT_OSPOS_PASSWORD`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from connectors.source import SourceConfig


class OsposSource(SourceConfig):
    """One OSPOS database on MySQL or MariaDB.

    Attributes:
        host: Name or address of the database server.
        port: Its port.
        database: Name of the database.
        user: Database user that may only SELECT.
        table_prefix: What table names begin with (`database.*.DBPrefix` in OSPOS).
        tls: `verify` (the server must prove who it is), or `off` for a server on this machine or in a private net.
        ca_file: Certificates to trust instead of the public ones.
        reread_days: Sales of the last days that are read again each night, since OSPOS leaves no stamp on an edit.
    """

    type: Literal["ospos"]
    host: str = Field(min_length=1)
    port: int = Field(3306, ge=1, le=65535)
    database: str = Field(min_length=1)
    user: str = Field(min_length=1)
    table_prefix: str = Field("ospos_", pattern=r"^[A-Za-z0-9_]*$")
    tls: Literal["verify", "off"] = "verify"
    ca_file: Path | None = None
    reread_days: int = Field(60, ge=1, le=3660)

    @property
    def place(self) -> str:
        """Where the source is."""
        return f"{self.host}:{self.port}/{self.database}/{self.table_prefix}"
