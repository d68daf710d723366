"""What every source of `sources.yaml` has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from retail.vocabulary import RAW_SCHEMA_PREFIX


class SourceConfig(BaseModel):
    """One entry of `sources.yaml`. Each connector's `settings.py` adds what it needs.

    Attributes:
        type: Name of the connector.
        store_contacts: Whether customers' names, e-mail addresses and telephone numbers are stored; else a keyed hash.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    store_contacts: bool = False

    @property
    def place(self) -> str:
        """Where the source is. When that changes it is another source, and everything is loaded anew."""
        return self.type

    @property
    def schema_name(self) -> str:
        """Schema of the warehouse that its tables go to."""
        return f"{RAW_SCHEMA_PREFIX}{self.type}"
