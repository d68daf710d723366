"""How a DocType becomes a raw table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from connectors.column_types import LogicalType
from connectors.incremental import RawTable

NAME: Final = "name"


@dataclass(frozen=True, slots=True)
class DocTable:
    """A raw table and the DocType that it is read from. Columns have the names of the fields.

    Attributes:
        raw: The raw table.
        fields: Fields that are asked for.
        optional: Those of them that some versions lack; their columns are null there.
        parent: For a child table, the DocType whose documents hold its rows.
        moments: Columns made from the site's local date and time: the field of the date and, where there is one, of
            the time.
        people: Columns that name a person and are hashed unless contacts may be stored.
        is_needed: Whether nothing can be loaded without it.
        follows_rows: Whether rows of this child table change without a trace in their parent, so that the daily wide
            re-read has to look at the rows' own dates too.
        is_counted: Whether its rows are counted: always for documents, and for the long tables inside them, to show
            how far a first load has got. What is deleted is noticed by counting documents.
    """

    raw: RawTable
    fields: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    parent: str | None = None
    moments: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    is_needed: bool = False
    follows_rows: bool = False
    is_counted: bool = True

    @property
    def doctype(self) -> str:
        """The DocType that the rows are read from."""
        return self.raw.read_from.split(": ")[-1]

    @property
    def right(self) -> str:
        """The DocType that the user needs the right to read: of a child table its parent."""
        return self.parent or self.doctype


def document(
    name: str,
    doctype: str,
    feeds: tuple[str, ...],
    columns: Mapping[str, LogicalType],
    *,
    optional: Mapping[str, LogicalType] | None = None,
    moments: Mapping[str, tuple[str, str | None]] | None = None,
    people: tuple[str, ...] = (),
    renames: tuple[str, ...] = (),
    is_needed: bool = False,
) -> DocTable:
    """A table with a row per document."""
    return _table(name, doctype, None, feeds, columns, optional, moments, people, renames, is_needed=is_needed)


def child(
    name: str,
    doctype: str,
    parent: str,
    feeds: tuple[str, ...],
    columns: Mapping[str, LogicalType],
    *,
    optional: Mapping[str, LogicalType] | None = None,
    is_needed: bool = False,
    follows_rows: bool = False,
    is_counted: bool = False,
) -> DocTable:
    """A table with a row per row of a table inside documents. One DocType of rows can serve several parents."""
    standard: dict[str, LogicalType] = {"parent": "text", "idx": "integer"}
    return _table(
        name,
        doctype,
        parent,
        feeds,
        standard | dict(columns),
        optional,
        None,
        (),
        (),
        is_needed=is_needed,
        follows_rows=follows_rows,
        is_counted=is_counted,
    )


def _table(
    name: str,
    doctype: str,
    parent: str | None,
    feeds: tuple[str, ...],
    columns: Mapping[str, LogicalType],
    optional: Mapping[str, LogicalType] | None,
    moments: Mapping[str, tuple[str, str | None]] | None,
    people: tuple[str, ...],
    renames: tuple[str, ...],
    *,
    is_needed: bool = False,
    follows_rows: bool = False,
    is_counted: bool = True,
) -> DocTable:
    read: dict[str, LogicalType] = {NAME: "text", **columns, **(optional or {})}
    made: dict[str, LogicalType] = dict.fromkeys(moments or {}, "timestamp")
    raw = RawTable(
        name=name,
        read_from=f"{parent}: {doctype}" if parent else doctype,
        feeds=feeds,
        columns={**read, **made},
        key=(NAME,),
        reload_on_rename=renames,
    )
    return DocTable(
        raw,
        tuple(read),
        frozenset(optional or {}),
        parent,
        moments or {},
        people,
        is_needed,
        follows_rows,
        is_counted,
    )
