"""Which field of Odoo a column is read from. Names differ between versions; `fields_get` says which one is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connectors.column_types import LogicalType
from connectors.incremental import RawTable
from connectors.odoo.client import OdooClient
from retail.errors import SourceError

ATTRIBUTES: Final = ("type", "store", "relation")
PAGE: Final = 5000

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column and where it comes from.

    Attributes:
        type: Type of the column.
        candidates: Fields of Odoo that may hold it; the first one that exists is read.
        is_required: Whether nothing makes sense without it; else it is null where Odoo lacks it.
        is_computed: Whether a field will do that Odoo does not store.
    """

    type: LogicalType
    candidates: tuple[str, ...]
    is_required: bool = False
    is_computed: bool = False


@dataclass(frozen=True, slots=True)
class OdooTable:
    """A raw table and the model that it is read from.

    Attributes:
        raw: The table.
        model: Odoo's name of the model. Two tables may be read from one.
        sources: Where each of its columns comes from. A column of the table that is not among them is made by us.
        purpose: What is missing without it, for people: "purchase orders and their lead times".
        is_required: Whether nothing can be loaded without it.
        domain: Which records are read; all of them by default.
        is_personal: Whether records hold what must not be quoted.
    """

    raw: RawTable
    model: str
    sources: Mapping[str, Column]
    purpose: str
    is_required: bool = False
    domain: tuple[Any, ...] = ()
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Mapped:
    """A table whose columns have found their fields in one database.

    Attributes:
        table: The table.
        fields: The field of each column that has one.
        many: Columns that hold many ids, kept as text with commas.
    """

    table: OdooTable
    fields: Mapping[str, str]
    many: frozenset[str]

    @property
    def names(self) -> list[str]:
        """Fields to ask for."""
        return sorted({*self.fields.values(), "id"})

    def records(self, answers: Sequence[Record]) -> list[Record]:
        """Answers of Odoo under the names of the columns, with null where Odoo says false."""
        values = [self._values(column, [answer[name] for answer in answers]) for column, name in self.fields.items()]
        names = tuple(self.fields)
        return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]

    def _values(self, column: str, values: list[Any]) -> list[Any]:
        if column in self.many:
            return [",".join(map(str, value)) if value else None for value in values]
        if self.table.sources[column].type == "boolean":
            return values
        # A list is id and name of a related record.
        return [None if value is False else value[0] if type(value) is list else value for value in values]


def map_fields(client: OdooClient, table: OdooTable) -> Mapped:
    """Find the fields of a table's columns.

    Raises:
        SourceError: A required one is gone, or the model cannot be read.
    """
    known = client.call(table.model, "fields_get", attributes=list(ATTRIBUTES))
    fields: dict[str, str] = {}
    for column, wanted in table.sources.items():
        name = next((name for name in wanted.candidates if _is_usable(known.get(name), wanted)), None)
        if name is not None:
            fields[column] = name
        elif wanted.is_required:
            raise SourceError(
                f"odoo: {table.model}: there is no field {' or '.join(wanted.candidates)}, without which "
                f"{table.purpose} cannot be read. Report the version ({client.version}), or see what renamed it."
            )
    many = frozenset(column for column, name in fields.items() if known[name]["type"] in {"many2many", "one2many"})
    return Mapped(table, fields, many)


def _is_usable(found: Mapping[str, Any] | None, wanted: Column) -> bool:
    if found is None or found.get("relation") == "_unknown":
        return False
    return bool(found.get("store", True)) or wanted.is_computed
