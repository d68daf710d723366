"""What lookups share: columns with headings, filters on published tables, things that are not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from metrics import Column, Filter
from metrics.result import Row
from retail.errors import UnusableRequest

MOST: Final = 100
"""Rows of a list that nobody asked to be longer."""
NAMED: Final = 3
"""Things of a list that the text names."""

OF_PRODUCTS: Final = frozenset({"product", "product_id", "sku", "category", "department", "brand", "supplier"})
OF_STORES: Final = frozenset({"store", "store_id", "store_code", "country"})
_UNITS: Final = {"list_price": "currency", "unit_cost": "currency", "price": "currency", "discount_rate": "ratio"}


def columns(names: Iterable[str], speech: Speech, **units: str) -> tuple[Column, ...]:
    """Columns of a table with their headings."""
    return tuple(
        Column(name, speech.say(f"lookup.column_{name}"), units.get(name, _unit(name)), "column") for name in names
    )


def _unit(name: str) -> str:
    if name.endswith("_date"):
        return "date"
    return _UNITS.get(name, "text")


def require(reading: Reading, books: Books, speech: Speech, allowed: Collection[str], *tables: str) -> str | None:
    """A sentence on the table that is missing, if one is.

    Raises:
        UnusableRequest: The question is held to something that this fact does not depend on, or splits or ranks it.
    """
    strange = [item.dimension for item in reading.where if item.dimension not in allowed]
    strange += [name for name in reading.by if name not in allowed] + [item.metric for item in reading.having]
    if strange:
        what = speech.list([speech.dimension(name) for name in dict.fromkeys(strange)])
        raise UnusableRequest(speech.say("lookup.cannot", what=what))
    missing = [table for table in tables if not books.holds(table)]
    return speech.say("lookup.missing", what=speech.say(f"lookup.table_{missing[0]}")) if missing else None


def about(reading: Reading, dimensions: Collection[str]) -> tuple[Filter, ...]:
    """The comparisons of these dimensions."""
    return tuple(item for item in reading.where if item.dimension in dimensions)


def nothing(key: str, speech: Speech, **parts: object) -> Findings:
    """Only a sentence."""
    return Findings(speech.say(f"lookup.{key}", **parts))


def shown(rows: Sequence[Row], reading: Reading, speech: Speech) -> tuple[list[Row], list[str], tuple[float, ...]]:
    """The first rows, a sentence on how many there are where that is not all, and its numbers."""
    first = list(rows[: reading.limit or MOST])
    if len(first) == len(rows):
        return first, [], ()
    cut = speech.say("metric.cut", shown=speech.number(len(first)), total=speech.number(len(rows)))
    return first, [cut], (len(first), len(rows))


def by_id(books: Books, table: str, key: str, label: str) -> dict[str, str]:
    """Names by id."""
    return {str(row[key]): str(row[label]) for row in books.rows(table, (key, label)).rows}
