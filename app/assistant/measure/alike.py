"""Two periods, like with like.

A period that is not over is compared with the same days of the other one: Monday to Thursday with Monday to Thursday,
the first nineteen days with the first nineteen. Of the day that runs only the hours count that are over, and the same
hours of the day it is compared with, as on the page of today. That needs metrics that know the hour and, over more
days than one, that add up over time; others are compared as they are, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY, complete_hours
from app.assistant.measure import fetch
from app.assistant.measure.calendar import as_day, begin, following, number_of, numbered
from app.assistant.reading import Derived, Period, Reading
from app.formats import as_float
from metrics import Column, Filter
from metrics.catalogue import GRAINS
from metrics.result import Row, Value


@dataclass(frozen=True, slots=True)
class Pair:
    """Two periods as they are compared.

    Attributes:
        now: The period asked for.
        before: The one it is compared with.
        until_hour: Hours of the last day of both that count; none where whole days do.
        is_trimmed: Whether days of one were left out to match the other.
        runs: Whether one ends on a day that is not over, and no hours could be left out of the other.
    """

    now: Period
    before: Period
    until_hour: int | None = None
    is_trimmed: bool = False
    runs: bool = False


def pair(reading: Reading, now: Period, before: Period, books: Books) -> Pair:
    """How to compare two periods fairly."""
    fair = Pair(now, before)
    if Derived.AVERAGE in reading.derived:
        over = _that_are_over(now, books)
        trimmed = _same_days(over, before) if now.ends is not None and before.last < now.last else before
        return replace(fair, before=trimmed, is_trimmed=trimmed != before)
    if now.ends is not None and now.last == books.today and before.last < now.last:
        trimmed = _same_days(now, before)
        fair = replace(fair, before=trimmed, is_trimmed=trimmed != before)
    elif before.ends is not None and before.last == books.today and now.last < before.last:
        trimmed = _same_days(before, now)
        fair = replace(fair, now=trimmed, is_trimmed=trimmed != now)
    ends_today = {fair.now.last == books.today, fair.before.last == books.today}
    hours = complete_hours(books, reading.filtered("store")) if ends_today == {True, False} else WHOLE_DAY
    if hours == WHOLE_DAY:
        return fair
    metrics = [books.catalogue.metric(name) for name in reading.metrics]
    knows_hours = all("hour" in metric.dimensions for metric in metrics)
    sums_up = fair.now.days == 1 or all(metric.additivity.startswith("additive") for metric in metrics)
    if knows_hours and sums_up and fair.now.days == fair.before.days:
        return replace(fair, until_hour=hours)
    return replace(fair, runs=True)


def _that_are_over(period: Period, books: Books) -> Period:
    """The period without the day that runs, unless that is all of it."""
    last = min(period.last, books.today)
    if last == books.today and complete_hours(books) < WHOLE_DAY and period.first < last:
        last -= timedelta(days=1)
    return Period(first=period.first, last=max(period.first, last))


def _same_days(partial: Period, other: Period) -> Period:
    """The days of the other period that a period so far has had."""
    if other.days <= partial.days:
        return other
    last = other.first + timedelta(days=partial.days - 1)
    if partial.first.day == other.first.day == 1:
        months = (partial.last.year - partial.first.year) * 12 + partial.last.month - partial.first.month
        year, month = divmod(other.first.year * 12 + other.first.month - 1 + months, 12)
        ends = following(date(year, month + 1, 1), "month") - timedelta(days=1)
        last = min(ends, date(year, month + 1, min(partial.last.day, ends.day)))
    return Period(first=other.first, last=min(last, other.last))


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows of both periods side by side.

    `net_sales` is that of the period asked for, `net_sales_before` that of the other, `net_sales_change` the difference
    and `net_sales_change_rate` the difference over the other (none where the other is not above zero).
    """

    columns: tuple[Column, ...]
    rows: list[Row]
    is_whole: bool


def compared(reading: Reading, fair: Pair, by: Sequence[str], books: Books) -> Compared | None:
    """The metrics of both periods, matched row by row; periods of a grain are matched by their place.

    Where a period has more rows than a query returns, only those that are known of both are compared.
    None where means are compared and one of the periods has no whole period of the grain to take a mean of.
    """

    def part(period: Period) -> Part | None:
        if Derived.AVERAGE in reading.derived:
            return _mean_of_period(reading, period, by, books)
        return _of_period(reading, period, fair.until_hour, by, books)

    of_now, of_before = part(fair.now), part(fair.before)
    if of_now is None or of_before is None:
        return None
    (columns, now, now_is_whole), (_, before, before_is_whole) = of_now, of_before
    is_whole = now_is_whole and before_is_whole
    absent = {name: 0.0 for name in reading.metrics if is_whole and _is_sum(name, books)}
    rows = []
    for key, shown in _keys(by, fair, now, before).items():
        if not is_whole and not (key in now and key in before):
            continue
        row = dict(zip(by, shown, strict=True))
        for name in reading.metrics:
            missing = absent.get(name) if by else None
            new = now[key][name] if key in now else missing
            old = before[key][name] if key in before else missing
            row |= _difference(name, new, old)
        rows.append(row)
    return Compared(columns, rows, is_whole)


Key = tuple[Value, ...]
Part = tuple[tuple[Column, ...], dict[Key, Row], bool]
"""Columns, rows by their place, and whether none is missing."""


def _mean_of_period(reading: Reading, period: Period, by: Sequence[str], books: Books) -> Part | None:
    """Means per period of the grain; only whole ones that are over count, so no hours need be left out."""
    grain = next((name for name in reading.by if name in GRAINS), "day")
    averaged = fetch.averaged(reading.model_copy(update={"period": period, "by": (*by, grain)}), books)
    if averaged is None:
        return None
    table = averaged.table
    return table.columns, {tuple(row[name] for name in by): row for row in table.rows}, table.is_whole


def _of_period(reading: Reading, period: Period, until_hour: int | None, by: Sequence[str], books: Books) -> Part:
    """The metrics as they are; of the last day only up to the hour."""
    until = () if until_hour is None else (Filter(dimension="hour", operator="<", value=until_hour),)
    stretches = [(period.first, period.last, until)]
    if until and period.days > 1:
        stretches = [(period.first, period.last - timedelta(days=1), ()), (period.last, period.last, until)]
    rows: dict[Key, Row] = {}
    order = (f"-{reading.metrics[0]}",) if by else ()
    results = [
        books.query(*reading.metrics, by=by, where=(*reading.where, *more), first=first, last=last, order_by=order)
        for first, last, more in stretches
    ]
    for result in results:
        for row in result.rows:
            key = tuple(_position(name, row[name], period) for name in by)
            earlier = rows.get(key)
            rows[key] = dict(row) if earlier is None else _added(earlier, row, reading.metrics)
    return results[0].columns, rows, not any(result.truncated for result in results)


def _position(split: str, value: Value, period: Period) -> Value:
    """Where a row belongs: for a period of a grain its number within the whole, else its value."""
    if split not in GRAINS:
        return value
    return number_of(begin(period.first, split), as_day(value), split)


def _added(earlier: Row, later: Row, metrics: Sequence[str]) -> Row:
    amounts = {name: [n for row in (earlier, later) if (n := as_float(row[name])) is not None] for name in metrics}
    return earlier | {name: sum(known) if known else None for name, known in amounts.items()}


def _keys(by: Sequence[str], fair: Pair, now: dict[Key, Row], before: dict[Key, Row]) -> dict[Key, Key]:
    """Every place that either period has, and how it is shown: with the days of the period asked for."""
    shown: dict[Key, Key] = {}
    for key in (*now, *before):
        shown[key] = tuple(_shown(name, value, fair.now) for name, value in zip(by, key, strict=True))
    return shown


def _shown(split: str, value: Value, period: Period) -> Value:
    if split not in GRAINS or not isinstance(value, int):
        return value
    return numbered(begin(period.first, split), value, split)


def _is_sum(name: str, books: Books) -> bool:
    """Whether a row that is absent means nothing at all, which is zero."""
    metric = books.catalogue.metric(name)
    return metric.kind == "period" and metric.additivity.startswith("additive") and name not in books.catalogue.unknown


def _difference(name: str, now: Value, before: Value) -> Row:
    new, old = as_float(now), as_float(before)
    change = None if new is None or old is None else new - old
    rate = change / old if change is not None and old is not None and old > 0 else None
    return {name: now, f"{name}_before": before, f"{name}_change": change, f"{name}_change_rate": rate}
