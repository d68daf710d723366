"""What a period held, read through the books in few wide questions: totals, and amounts by product, store and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.assistant.books import Books
from app.assistant.drivers.exact import ZERO, exact
from app.assistant.drivers.fair import Pair
from metrics import Filter
from metrics.result import Row, Value

Name = str | int | None
Measures = dict[str, Decimal]

_OF_PRODUCTS: Final = frozenset({"product", "product_id", "sku", "category", "department", "brand", "supplier"})


@dataclass(slots=True)
class Measured:
    """Measures of one period.

    Attributes:
        totals: By measure.
        by: By dimension, value and measure.
    """

    totals: Measures = field(default_factory=dict)
    by: dict[str, dict[Name, Measures]] = field(default_factory=dict)

    def amounts(self, dimension: str, measure: str) -> dict[Name, Decimal]:
        """One measure over the values of a dimension."""
        return {name: found[measure] for name, found in self.by.get(dimension, {}).items()}

    def add(self, rows: Sequence[Row], dimensions: Sequence[str], measures: Sequence[str]) -> None:
        """Add up rows for each of the dimensions that they are split by."""
        for dimension in dimensions:
            values = self.by.setdefault(dimension, {})
            for row in rows:
                found = values.setdefault(_name(row[dimension]), dict.fromkeys(measures, ZERO))
                for measure in measures:
                    found[measure] += exact(row[measure])


@dataclass(frozen=True, slots=True)
class Question:
    """What to read of both periods.

    Attributes:
        measures: Metrics that stand side by side.
        groups: Dimensions read together; the rows of each group add up over each of its dimensions.
        whole: The group whose rows add up to the totals; empty where the totals are a question of their own.
        where: The reading's filters.
    """

    measures: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    where: tuple[Filter, ...]
    whole: tuple[str, ...] = ()


def measure(books: Books, question: Question, periods: Pair) -> tuple[Measured, Measured, tuple[str, ...]]:
    """Read both periods.

    Returns:
        The earlier and the later one, and the dimensions that had too many values to read.
    """
    then, now = Measured(), Measured()
    too_many: list[str] = []
    for group in question.groups:
        dimensions = _read_group(books, question, _readable(books, question, group, periods), periods, then, now)
        too_many += [name for name in group if name not in dimensions]
    whole = next((name for name in question.whole if name not in too_many), None)
    asked = None if whole else _read(books, question, (), periods)[0]
    for found, rows in zip((then, now), asked or ([], []), strict=True):
        values = found.by[whole].values() if whole else [{name: exact(row[name]) for name in row} for row in rows]
        found.totals = {name: sum((value[name] for value in values), ZERO) for name in question.measures}
    return then, now, tuple(too_many)


def _readable(books: Books, question: Question, group: tuple[str, ...], periods: Pair) -> tuple[str, ...]:
    """A group without its products where these are surely more than may be read, so that nobody waits for them."""
    products = books.metrics.serving.run.tables.get("dim_products", 0)
    is_narrowed = any(item.dimension in _OF_PRODUCTS for item in question.where)
    if products <= books.settings.query_max_rows or periods.are_days or is_narrowed:
        return group
    return tuple(name for name in group if name != "product")


def _read_group(
    books: Books, question: Question, group: tuple[str, ...], periods: Pair, then: Measured, now: Measured
) -> tuple[str, ...]:
    """Read a group; where it has more rows than may be read, without the dimension that comes first."""
    while group:
        (old, new), is_whole = _read(books, question, group, periods)
        if is_whole:
            then.add(old, group, question.measures)
            now.add(new, group, question.measures)
            return group
        group = group[1:]
    return group


def _read(
    books: Books, question: Question, by: tuple[str, ...], periods: Pair
) -> tuple[tuple[list[Row], list[Row]], bool]:
    """Rows of the earlier and the later period, and whether they are all. Two days are one question.

    Of longer periods of which only some hours of the last days count, these days are a third one.
    """
    if periods.are_days:
        return _read_days(books, question, by, periods)
    now, then = periods.whole_days
    first = books.query(*question.measures, by=by, where=question.where, first=then.first, last=then.last)
    if first.truncated:
        return ([], []), False
    second = books.query(*question.measures, by=by, where=question.where, first=now.first, last=now.last)
    old, new, is_whole = first.rows, second.rows, not second.truncated
    if not periods.hours:
        return (old, new), is_whole
    (old_last, new_last), is_last_whole = _read_days(books, question, by, periods)
    return ([*old, *old_last], [*new, *new_last]), is_whole and is_last_whole


def _read_days(
    books: Books, question: Question, by: tuple[str, ...], periods: Pair
) -> tuple[tuple[list[Row], list[Row]], bool]:
    """Rows of the last days of both periods, as far as their hours count."""
    first, second = periods.then.last, periods.now.last
    days = Filter(dimension="day", operator="in", value=(first, second))
    found = books.query(*question.measures, by=(*by, "day"), where=(*question.where, *periods.hours, days))
    old, new = ([row for row in found.rows if row["day"] == day] for day in (first, second))
    return (old, new), not found.truncated


def _name(value: Value) -> Name:
    return value if value is None or isinstance(value, int | str) else str(value)
