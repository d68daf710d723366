"""Metrics of a reading as a table: plain, as a mean per period, or with their share of the whole.

Shares are of the whole, never of the rows that are shown. The whole is everything that the question is about, without
the comparisons on what it is split by: with `by=(category,)` and `category = Dairy`, Dairy's share of all categories.
Where nothing is split by, the whole leaves out the comparisons on products and their kinds (or, where there are none,
every comparison): with `category = Dairy` and `store = Lakeview`, Dairy's share within Lakeview. Where rows are split
by a period of the calendar too, each share is of that period.

A mean "per day" is over the whole days of the period that are over and within the days that have data; a day without
a sale counts as zero where the metric is a sum. "Per week" and the like take whole calendar weeks. For metrics that
are no sum the mean is over the values of the periods that have one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from app.assistant.additivity import adds_up
from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY, complete_hours
from app.assistant.measure.calendar import Days, following
from app.assistant.measure.table import Table
from app.assistant.reading import Period, Reading
from app.formats import as_float
from metrics import Column, Filter, Result
from metrics.catalogue import GRAINS, WEEKDAYS
from metrics.result import Row, Value

SHARE: Final = "_share"
"""Ending of the name of a column of shares: `net_sales_share`."""

_SALE_LINES: Final = "fct_sale_lines"

OF_PRODUCTS: Final = frozenset({"product", "product_id", "sku", "category", "department", "brand", "supplier"})
"""Dimensions that tell products apart."""


@dataclass(frozen=True, slots=True)
class Averaged:
    """A table of means.

    Attributes:
        table: A row per combination of the splits other than the grain.
        grain: The grain that the means are per.
        periods: How many periods they are over, the least and the most of any row: weekdays need not be equally many.
    """

    table: Table
    grain: str
    periods: tuple[int, int]


def with_conditions(reading: Reading) -> Reading:
    """The reading with the metrics of its conditions among those that are fetched."""
    metrics = tuple(dict.fromkeys((*reading.metrics, *(item.metric for item in reading.having))))
    return reading.model_copy(update={"metrics": metrics})


def days_of(period: Period | None, books: Books) -> Days:
    """The days that an answer covers: those asked for, or all that have data, up to today."""
    first = period.first if period else books.catalogue.first_date or books.today
    last = min(period.last if period else books.today, books.today)
    runs = last == books.today and complete_hours(books) < WHOLE_DAY
    return Days(min(first, last), last, not runs)


def plain(reading: Reading, books: Books, by: Sequence[str] | None = None, where: Sequence[Filter] = ()) -> Table:
    """The metrics as they are."""
    splits = reading.by if by is None else tuple(by)
    result = query(reading, books, splits, (*reading.where, *where), _wanted_first(reading) if splits else ())
    return as_table(result, splits, reading.metrics)


def _wanted_first(reading: Reading) -> tuple[str, ...]:
    """Which rows come first, so that none of those is left out where there are more than a query returns."""
    if reading.having:
        condition = reading.having[0]
        return (("-" if condition.operator in {">", ">="} else "") + condition.metric,)
    return (("" if reading.order == "smallest" else "-") + reading.metrics[0],)


def query(
    reading: Reading, books: Books, by: Sequence[str], where: Sequence[Filter], order_by: Sequence[str] = ()
) -> Result:
    """The reading's metrics over its period; those of now have none."""
    has_history = any(books.catalogue.metric(name).has_history for name in reading.metrics)
    period = reading.period if has_history else None
    first, last = (period.first, period.last) if period else (None, None)
    return books.query(*reading.metrics, by=by, where=where, first=first, last=last, order_by=order_by)


def none_recorded(reading: Reading, books: Books) -> bool:
    """Whether a sum of sale lines is null because nothing was sold, on days that lie within the data.

    That is known, unlike what lies outside the data, what lines leave out (a cost, a tax) or what has no exchange rate:
    then lines do have units. Something that never sold may as well not exist.
    """
    metric, period = books.catalogue.metric(reading.metrics[0]), reading.period
    first, last = books.catalogue.first_date, books.catalogue.last_date
    is_sum = metric.kind == "period" and metric.additivity == "additive" and metric.tables == (_SALE_LINES,)
    if not is_sum or metric.needs_values or reading.having or reading.derived:
        return False
    if period is None or first is None or last is None or not first <= period.first <= period.last <= last:
        return False
    return not _has_units(reading, books, period) and (not reading.where or _has_units(reading, books, None))


def _has_units(reading: Reading, books: Books, period: Period | None) -> bool:
    """Whether anything was sold in a period, or ever."""
    first, last = (period.first, period.last) if period else (None, None)
    return any(row["units_sold"] for row in books.query("units_sold", where=reading.where, first=first, last=last).rows)


def as_table(result: Result, splits: Sequence[str], metrics: Sequence[str]) -> Table:
    """A result as a table."""
    return Table(
        tuple(splits), tuple(metrics), result.columns, [dict(row) for row in result.rows], not result.truncated
    )


def shared(reading: Reading, books: Books) -> tuple[Table, list[Row]] | None:
    """The metrics with a column of shares for each that adds up, and the wholes that they are shares of.

    None where the first metric does not add up, so that nothing is a share of it.
    """
    parts = [name for name in reading.metrics if _has_shares(name, reading, books)]
    if reading.metrics[0] not in parts:
        return None
    table = plain(reading, books)
    grains = _grains_of_the_whole(reading)
    wholes = query(reading, books, grains, whole_where(reading)).rows
    by_grain = {tuple(row[name] for name in grains): row for row in wholes}
    for row in table.rows:
        whole = by_grain.get(tuple(row[name] for name in grains), {})
        row.update({name + SHARE: _ratio(row[name], whole.get(name)) for name in parts})
    labels = {column.name: column.label for column in table.columns}
    extra = tuple(Column(name + SHARE, labels[name], "ratio", "metric") for name in parts)
    return replace(table, columns=(*table.columns, *extra)), wholes


def _grains_of_the_whole(reading: Reading) -> tuple[str, ...]:
    """Shares are of each period, unless the periods themselves are the parts."""
    grains = tuple(name for name in reading.by if name in GRAINS)
    return () if set(reading.by) == set(grains) and not leaves_out(reading) else grains


def _has_shares(name: str, reading: Reading, books: Books) -> bool:
    metric = books.catalogue.metric(name)
    restricted = {item.dimension for item in leaves_out(reading)}
    return adds_up(metric, {*reading.by, *restricted})


def leaves_out(reading: Reading) -> tuple[Filter, ...]:
    """The comparisons that the whole does without."""
    split = tuple(item for item in reading.where if item.dimension in reading.by)
    if split or set(reading.by) - set(GRAINS):
        return split
    of_products = tuple(item for item in reading.where if item.dimension in OF_PRODUCTS)
    return of_products or reading.where


def whole_where(reading: Reading) -> tuple[Filter, ...]:
    """The comparisons that hold for the whole too."""
    left_out = leaves_out(reading)
    return tuple(item for item in reading.where if item not in left_out)


def _ratio(part: Value, whole: Value) -> float | None:
    amount, total = as_float(part), as_float(whole)
    return None if amount is None or not total else amount / total


def averaged(reading: Reading, books: Books) -> Averaged | None:
    """The means of the metrics per period of the grain in `by`, or per day where there is none.

    None where no whole period of the grain is over yet, or there are too many rows to take a mean of them all.
    """
    grain = next((name for name in reading.by if name in GRAINS), "day")
    keep = tuple(name for name in reading.by if name not in GRAINS)
    buckets = _at_weekdays(days_with_data(reading, books).whole(grain), grain, reading)
    if not buckets:
        return None
    within = Period(first=buckets[0], last=following(buckets[-1], grain) - timedelta(days=1))
    reading = reading.model_copy(update={"period": within})
    metrics = [books.catalogue.metric(name) for name in reading.metrics]
    sums_up = all(metric.kind == "period" and metric.additivity.startswith("additive") for metric in metrics)
    order = _wanted_first(reading) if keep and sums_up else ()
    result = query(reading, books, keep if sums_up else (*keep, grain), reading.where, order)
    if result.truncated and not sums_up:
        return None
    groups: dict[tuple[Value, ...], list[Row]] = {}
    for row in result.rows:
        groups.setdefault(tuple(row[name] for name in keep), []).append(row)
    counts = {key: _days_at(key, keep, buckets) for key in groups}
    means = [
        dict(zip(keep, key, strict=True)) | _means(rows, counts[key] if sums_up else None, reading.metrics)
        for key, rows in groups.items()
    ]
    columns = tuple(column for column in result.columns if column.name != grain)
    table = Table(keep, reading.metrics, columns, means, not result.truncated)
    over = counts.values() or (len(buckets),)
    return Averaged(table, grain, (min(over), max(over)))


def days_with_data(reading: Reading, books: Books) -> Days:
    """The days asked for that are not before the first day with data."""
    wanted = days_of(reading.period, books)
    first = books.catalogue.first_date or wanted.first
    return replace(wanted, first=min(max(wanted.first, first), wanted.last))


def _at_weekdays(buckets: list[date], grain: str, reading: Reading) -> list[date]:
    """Days of the weekdays that the question is held to: "on Mondays" is a mean over Mondays.

    "Except Sundays" is one over the six others.
    """
    held = [item for item in reading.where if item.dimension == "weekday"]
    return [day for day in buckets if all(_is_at(day, item) for item in held)] if grain == "day" else buckets


def _is_at(day: date, item: Filter) -> bool:
    """Whether a day meets a comparison of weekdays by name; they have no order."""
    is_named = WEEKDAYS[day.weekday()].lower() in {str(value).lower()[:3] for value in item.values}
    return not is_named if item.operator == "!=" else is_named or item.operator not in {"=", "in"}


def _days_at(key: tuple[Value, ...], keep: Sequence[str], buckets: Sequence[date]) -> int:
    """How many of the periods a row can have values in: for a weekday its own days."""
    if "weekday" not in keep:
        return len(buckets)
    weekday = key[list(keep).index("weekday")]
    return sum(WEEKDAYS[day.weekday()] == weekday for day in buckets)


def _means(rows: Sequence[Row], periods: int | None, metrics: Sequence[str]) -> Row:
    """The mean of each metric over so many periods, or over the values that are known."""
    means: Row = {}
    for name in metrics:
        values = [found for row in rows if (found := as_float(row[name])) is not None]
        means[name] = sum(values) / (periods or len(values)) if values else None
    return means
