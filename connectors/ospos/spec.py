"""What is declared about a table of OSPOS: its columns, and how each is read.

A column is read by a SQL expression over the source's column. Times come as seconds, so that a zero date is a null and
no driver puts a zone on them.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from connectors.column_types import LogicalType
from connectors.incremental.table import RawTable

Kind = Literal["integer", "text", "decimal", "boolean", "wall", "server"]
"""`wall` is a time of the shop's clock; `server` one that the database's own clock wrote."""

VERSION: Final = 1
"""Raised when the same rows would be read otherwise."""

_LOGICAL: Final[dict[Kind, LogicalType]] = {
    "integer": "integer",
    "text": "text",
    "decimal": "decimal",
    "boolean": "boolean",
    "wall": "timestamp",
    "server": "timestamp",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a raw table.

    Attributes:
        kind: How its values are understood.
        sql: Expression that reads it; empty for the source's column of the same name.
        is_required: Whether a row without it is put into quarantine.
    """

    kind: Kind
    sql: str = ""
    is_required: bool = False

    def expression(self, name: str) -> str:
        """What stands in the SELECT."""
        if self.kind == "wall":
            return f"timestampdiff(second, '1970-01-01', `{self.sql or name}`)"
        if self.kind == "server":
            return f"unix_timestamp(`{self.sql or name}`)"
        return self.sql or f"`{name}`"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table of the source and the raw table it becomes.

    Attributes:
        name: Its name without the prefix, and that of the raw table.
        feeds: Tables of the retail model that are made from it.
        key: Columns that identify a row, that of the document first.
        columns: What is read.
        document: Table whose document a row belongs to (`sales`), itself included; empty for a table read whole.
        is_optional: Whether loading goes on without a right to it; then what it feeds is declared missing.
    """

    name: str
    feeds: tuple[str, ...]
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    document: str = ""
    is_optional: bool = False

    @property
    def expressions(self) -> str:
        """The select list."""
        return ", ".join(f"{column.expression(name)} as `{name}`" for name, column in self.columns.items())

    def raw(self, prefix: str, origin: str) -> RawTable:
        """The raw table. `origin` is what else its rows depend on: another zone or database makes other rows."""
        return RawTable(
            name=self.name,
            read_from=f"{prefix}{self.name}",
            feeds=self.feeds,
            columns={name: _LOGICAL[column.kind] for name, column in self.columns.items()},
            key=self.key,
            strategy="keyed" if self.document else "whole",
            version=zlib.crc32(f"{VERSION}|{origin}".encode()),
        )
