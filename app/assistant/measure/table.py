"""Rows of metrics with what is needed to rank, cut and describe them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from app.assistant.reading import MetricCondition
from app.formats import as_float
from metrics import Column
from metrics.catalogue import TIME_NAMES, WEEKDAYS
from metrics.result import Row

_COMPARED: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip

Order = Literal["largest", "smallest"]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of metrics.

    Attributes:
        splits: What the rows are split by, in order.
        metrics: Names of the metric columns; the first one ranks.
        columns: Every column, splits first.
        rows: The rows.
        is_whole: Whether no row is missing for want of room.
    """

    splits: tuple[str, ...]
    metrics: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: list[Row]
    is_whole: bool = True

    def values(self, name: str) -> list[float]:
        """The numbers of a column, without those that are not known."""
        return [found for row in self.rows if (found := as_float(row[name])) is not None]

    def meeting(self, conditions: Sequence[MetricCondition]) -> Table:
        """Only rows that meet every condition. What is not known meets none."""
        return replace(self, rows=[row for row in self.rows if all(_meets(row, item) for item in conditions)])

    def ranked(self, name: str, order: Order) -> Table:
        """Rows by a metric, those without a value last, equal ones by their names."""
        sign = -1 if order == "largest" else 1

        def key(row: Row) -> tuple[bool, float, tuple[tuple[bool, object], ...]]:
            amount = as_float(row[name])
            return (amount is None, sign * (amount or 0), _names(row, self.splits))

        return replace(self, rows=sorted(self.rows, key=key))

    def in_order(self) -> Table:
        """Rows by their splits; weekdays from Monday on."""
        return replace(self, rows=sorted(self.rows, key=lambda row: _names(row, self.splits)))

    def cut(self, most: int | None) -> Table:
        """The first rows."""
        return self if most is None else replace(self, rows=self.rows[:most])

    def leaders(self) -> list[Row]:
        """The rows that share the first place by the first metric; none where its value is not known."""
        best = as_float(self.rows[0][self.metrics[0]]) if self.rows else None
        return [] if best is None else [row for row in self.rows if as_float(row[self.metrics[0]]) == best]


def is_in_time_order(splits: Sequence[str]) -> bool:
    """Whether rows of these splits read best in their own order: periods, weekdays and hours."""
    return bool(splits) and all(name in TIME_NAMES or name == "hour" for name in splits)


def _meets(row: Row, condition: MetricCondition) -> bool:
    amount = as_float(row[condition.metric])
    return amount is not None and _COMPARED[condition.operator](amount, condition.value)


def _names(row: Row, splits: Sequence[str]) -> tuple[tuple[bool, object], ...]:
    """What rows are sorted by among equals: values of the splits, those that are not known last."""
    return tuple((row[name] is None, _place(name, row[name])) for name in splits)


def _place(split: str, value: object) -> object:
    if split == "weekday" and value in WEEKDAYS:
        return WEEKDAYS.index(str(value))
    return 0 if value is None else value
