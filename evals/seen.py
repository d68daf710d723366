"""An answer as the evals see it: the document of `tillsight ask --json`, with the facts that its text may say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

CENT: Final = 0.005
"""Half a cent: amounts that differ by more are never the same."""
RELATIVE: Final = 1e-6

_SAME: Final = {"store_code": "store", "store_id": "store", "sku": "product", "product_id": "product"}


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer.

    Attributes:
        document: What `tillsight ask --json` prints.
        facts: Further numbers that the text says.
        labels: Names of stores and products by their ids, codes and SKUs.
        scope: Names of the stores that the person may see, where not all.
    """

    document: Mapping[str, Any]
    facts: Sequence[float] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    scope: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """What sort of answer it is."""
        return str(self.document["kind"])

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.document["text"])

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Its table."""
        rows: Sequence[Mapping[str, Any]] = self.document["rows"]
        return rows

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics it is about."""
        return tuple(self.document["metrics"])

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day."""
        return _days(self.document["period"])

    @property
    def compared_with(self) -> tuple[date, date] | None:
        """First and last day of the other period."""
        return _days(self.document.get("compared_with"))

    @property
    def filters(self) -> dict[str, frozenset[str]]:
        """Values that each dimension is held to; a filter of another sort stands under its operator."""
        found: dict[str, frozenset[str]] = {}
        for item in self.document["filters"]:
            values = item["value"] if isinstance(item["value"], list | tuple) else [item["value"]]
            name = _SAME.get(item["dimension"], item["dimension"])
            if item["operator"] not in {"=", "in"}:
                name = f"{name} {item['operator']}"
            found[name] = found.get(name, frozenset()) | {self.label(value) for value in values}
        return found

    @property
    def numbers(self) -> Iterator[float]:
        """Every number of the table and the facts."""
        yield from (found for row in self.rows for value in row.values() if (found := number(value)) is not None)
        yield from self.facts

    def label(self, value: Any) -> str:
        """A value as people name it."""
        return self.labels.get(str(value), str(value))

    def key(self, row: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
        """What a row is about."""
        return tuple(self.label(plain(row.get(name))) for name in names)

    def has(self, wanted: float) -> bool:
        """Whether a number is in the table or among the facts."""
        return any(close(wanted, found) for found in self.numbers)


def number(value: Any) -> float | None:
    """A value as a number; none where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    found = float(value)
    return None if math.isnan(found) else found


def close(wanted: float, found: float | None) -> bool:
    """Whether two numbers are the same to a millionth, and never more than half a cent apart."""
    return found is not None and abs(wanted - found) <= min(CENT, RELATIVE * max(1.0, abs(wanted)))


def plain(value: Any) -> str:
    """A key as text: days without a time, whole numbers without a point."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, float | Decimal) and float(value).is_integer():
        value = int(value)
    return str(value)


def _days(given: Mapping[str, Any] | None) -> tuple[date, date] | None:
    if given is None:
        return None
    first, last = (day if isinstance(day, date) else date.fromisoformat(day) for day in (given["from"], given["to"]))
    return first, last
