"""Key figures of a period, against the period before and the year before, like with like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.assistant import dates
from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY
from app.assistant.drivers.exact import exact
from app.assistant.drivers.fair import Pair, pair
from app.assistant.reading import Period, Reading
from app.formats import as_float
from metrics import Filter
from metrics.result import Row

FIGURES: Final = (
    "net_sales",
    "transactions",
    "average_basket",
    "units_sold",
    "gross_margin",
    "discount_amount",
    "returns_amount",
)
"""Figures of a digest in their order; the first five are those of the page of today."""

_BEFORE: Final = {"day": timedelta(days=28), "week": timedelta(weeks=8)}
_LEAST_BEFORE: Final = 6
"""Days or weeks that have to lie before, for one to be called unusual."""
_SUMS: Final = ("net_sales", "transactions", "units_sold")
"""Metrics that say whether hours can be left out: all figures do as these do."""
_MOST_LISTED: Final = 100
"""Days that one question names; longer periods are questions of their own."""
_BASKET: Final = "average_basket"
_RATES: Final = {"discount_amount": "gross_sales", "returns_amount": "sold_net_sales"}


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a digest.

    Attributes:
        period: The period that is told.
        before: It against the period before, cut to what is fair.
        year_before: It against the year before, cut the same; none where the data do not reach back so far.
        is_moved: Whether today has no sales yet, so that yesterday is told.
    """

    period: Period
    before: Pair
    year_before: Pair | None
    is_moved: bool = False

    @property
    def runs(self) -> bool:
        """Whether part of the period is left out of comparisons, for not being over."""
        return self.before.until_hour < WHOLE_DAY


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure.

    Attributes:
        metric: Its name.
        value: Of the whole period so far.
        comparable: Of that part which is fair to compare; the same where the period is over.
        before: Of the period before.
        year_before: Of the year before.
    """

    metric: str
    value: float | None
    comparable: float | None
    before: float | None
    year_before: float | None

    @property
    def change(self) -> float | None:
        """Relative change on the period before; None where it says nothing."""
        return _change(self.comparable, self.before)

    @property
    def change_on_year(self) -> float | None:
        """Relative change on the year before; None where it says nothing."""
        return _change(self.comparable, self.year_before)


def span(reading: Reading, books: Books) -> Span:
    """Find out which days to tell, today by default, and which to compare them with.

    Today without a sale yet gives way to the day before, as on the page of today.
    """
    period, compared, is_moved = reading.period or dates.named("today", books.today), reading.compare_with, False
    if period.days == 1 and period.last == books.today and not _has_sales(books, period, reading.where):
        day = period.first - timedelta(days=1)
        period, compared, is_moved = Period(name="yesterday", first=day, last=day), None, True
    before = pair(reading, _SUMS, period, compared or dates.previous(period), books)
    year = pair(reading, _SUMS, period, dates.year_before(period), books)
    first = books.catalogue.first_date
    reaches = first is not None and year.then.first >= first and year.now == before.now
    return Span(period, before, year if reaches else None, is_moved)


def figures(books: Books, found: Span, where: Sequence[Filter]) -> list[Figure]:
    """The key figures that the run knows and the person may see: one question, unless the periods are long."""
    names = tuple(name for name in FIGURES if books.knows(name))
    year = found.year_before.then if found.year_before else None
    periods = [found.period, found.before.then, *([year] if year else [])]
    by = ("day",) if found.before.until_hour >= WHOLE_DAY else ("day", "hour")
    rows = _rows(books, tuple(name for name in names if name != _BASKET), by, periods, where)
    sums = [
        _sums(rows, names, found.period, WHOLE_DAY),
        *(_sums(rows, names, each, found.before.until_hour) for each in (found.before.now, found.before.then, year)),
    ]
    return [Figure(name, *(each.get(name) for each in sums)) for name in names]


def unusual(books: Books, found: Span, where: Sequence[Filter]) -> list[tuple[str, float, int]]:
    """Discounts and returns whose share of sales is above that of each of the days or weeks before.

    Returns:
        The metric, its share in the period, and how many days or weeks that is more than.
    """
    grain = "day" if found.period.days == 1 else "week"
    is_week = found.period.days <= 7 and found.period.first.weekday() == 0
    if grain == "week" and not is_week:
        return []
    names = tuple(name for pair_ in _RATES.items() for name in pair_ if books.knows(name))
    first = found.period.first - _BEFORE[grain]
    rows = books.query(*names, by=(grain,), where=where, first=first, last=found.period.last).rows if names else []
    earlier = [row for row in rows if row[grain] != found.period.first]
    now = next((row for row in rows if row[grain] == found.period.first), None)
    if now is None or len(earlier) < _LEAST_BEFORE:
        return []
    rates = ((name, _rate(now, name), [_rate(row, name) for row in earlier]) for name in _RATES if name in names)
    return [(name, rate, len(others)) for name, rate, others in rates if rate > max(others)]


def _has_sales(books: Books, period: Period, where: Sequence[Filter]) -> bool:
    rows = books.query("transactions", where=where, first=period.first, last=period.last).rows
    return bool(rows and rows[0]["transactions"])


def _rows(
    books: Books, names: tuple[str, ...], by: tuple[str, ...], periods: Sequence[Period], where: Sequence[Filter]
) -> list[Row]:
    """Rows by day, and by hour where a day is cut, of all periods."""
    days = tuple(dict.fromkeys(p.first + timedelta(days=number) for p in periods for number in range(p.days)))
    if len(days) <= _MOST_LISTED:
        listed = Filter(dimension="day", operator="in", value=days)
        return books.query(*names, by=by, where=(*where, listed)).rows
    results = [books.query(*names, by=by, where=where, first=p.first, last=p.last) for p in periods]
    return [row for result in results for row in result.rows]


def _sums(rows: Sequence[Row], names: Sequence[str], period: Period | None, until_hour: int) -> dict[str, float | None]:
    """Figures of a period, of its last day up to an hour; nothing for no period. Null where every row is."""
    if period is None:
        return {}
    days = [row for row in rows if period.first <= _day(row) <= period.last]
    own = [row for row in days if _day(row) < period.last or _hour(row) < until_hour]
    sums: dict[str, float | None] = {}
    for name in names:
        known = [exact(row[name]) for row in own if row.get(name) is not None]
        sums[name] = float(sum(known)) if known else None
    net, tickets = sums.get("net_sales"), sums.get("transactions")
    return sums | {_BASKET: net / tickets if net is not None and tickets else None}


def _day(row: Row) -> date:
    return date.fromisoformat(str(row["day"])[:10])


def _hour(row: Row) -> int:
    """The hour of a row; days that are not cut have none."""
    hour = row.get("hour")
    return hour if isinstance(hour, int) else 0


def _rate(row: Row, name: str) -> float:
    amount, whole = as_float(row[name]), as_float(row.get(_RATES[name]))
    return amount / whole if amount and whole and whole > 0 else 0.0


def _change(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None or before <= 0 else (now - before) / before
