"""Customers, whose names, addresses and numbers are stored only by permission, and otherwise hashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from connectors.contacts import ContactHasher
from connectors.incremental.rows import arrow_schema
from connectors.incremental.table import Batch, Everything, RawTable
from connectors.ospos.client import Row
from connectors.ospos.readers import WholeReader
from connectors.ospos.rows import as_arrow, typed_columns
from connectors.ospos.spec import TableSpec
from connectors.ospos.tables import CUSTOMERS


def customers_table(prefix: str, spec: TableSpec) -> RawTable:
    """The raw table."""
    return RawTable(spec.name, f"{prefix}{spec.name}", spec.feeds, CUSTOMERS, ("person_id",), "whole")


def customers_source(customers: str, people: str | None) -> str:
    """What customers are selected from; without `people`, their names and contacts are unknown.

    Args:
        customers: The table, quoted.
        people: The table of names and contacts; None where it may not be read.
    """
    if people is None:
        return f"from {customers} as c"
    return f"from {customers} as c left join {people} as p on p.`person_id` = c.`person_id`"


@dataclass(frozen=True, slots=True)
class CustomersReader(WholeReader):
    """Reads customers.

    Attributes:
        hasher: Hashes addresses and numbers.
        is_stored: Whether names, addresses and numbers are stored as they are.
    """

    hasher: ContactHasher | None = None
    is_stored: bool = False

    def _batch(self, page: Sequence[Row]) -> Batch:
        assert self.hasher is not None
        columns = typed_columns(self.spec, as_arrow(self.spec, page), self.clock)
        answer = {name: column.to_pylist() for name, column in columns.items()}
        people = list(zip(answer["company_name"], answer["first_name"], answer["last_name"], strict=True))
        contacts = {"name": [_name(*person) for person in people], "email": answer["email"], "phone": answer["phone"]}
        nothing = [None] * len(page)
        values = {
            **{name: columns[name] for name in ("person_id", "joined_at", "consent")},
            **{name: [value or None for value in contacts[name]] if self.is_stored else nothing for name in contacts},
            "email_hash": [self.hasher.email(value) for value in answer["email"]],
            "phone_hash": [self.hasher.phone(value) for value in answer["phone"]],
        }
        return Batch(pa.table(values, schema=arrow_schema(CUSTOMERS)), replaces=Everything())


def _name(company: str | None, first: str | None, last: str | None) -> str | None:
    return company or " ".join(part for part in (first, last) if part) or None
