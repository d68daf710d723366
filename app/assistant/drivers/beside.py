"""What stands beside a change and is no part of its sum: missing stock, promotions, public holidays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.assistant.books import Books
from app.assistant.drivers.fair import Pair
from app.assistant.drivers.measured import Measured, Question, measure
from app.assistant.reading import Period
from metrics import Filter
from metrics.catalogue import Metric

LOST_SALES: Final = "lost_sales_estimate"
PROMOTED_SALES: Final = "promoted_sales"

_OF_SALES: Final = frozenset({"net_sales", "gross_sales", "sales_with_tax", "gross_margin"})
"""Metrics that these amounts can be held against."""

_WORTH_SAYING: Final = Decimal("0.1")
"""Share of the change from which a difference beside it is told."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Amounts of both periods that go together with a change.

    Attributes:
        metric: What it is an amount of.
        before: In the earlier period.
        after: In the later one.
    """

    metric: str
    before: Decimal
    after: Decimal

    def is_worth_saying(self, change: Decimal) -> bool:
        """Whether it differs by so much that somebody who asks about the change wants to know."""
        return abs(self.after - self.before) >= _WORTH_SAYING * abs(change) and self.after != self.before


def measures(metric: Metric) -> tuple[str, ...]:
    """Measures to read along with a metric's own, for what stands beside it."""
    return (PROMOTED_SALES,) if metric.name in _OF_SALES else ()


def amounts(
    books: Books, metric: Metric, where: Sequence[Filter], periods: Pair, read: tuple[Measured, Measured]
) -> list[Beside]:
    """Sales missed for want of stock, and sales under a promotion, as far as they are known and can be narrowed so."""
    if metric.name not in _OF_SALES:
        return []
    found = [
        Beside(name, *(each.totals[name] for each in read)) for name in (PROMOTED_SALES,) if name in read[0].totals
    ]
    splits = books.catalogue.metrics[LOST_SALES].splits if books.knows(LOST_SALES) else ()
    if splits and all(item.dimension in splits for item in (*where, *periods.hours)):
        then, now, _ = measure(books, Question((LOST_SALES,), (), tuple(where)), periods)
        found.insert(0, Beside(LOST_SALES, then.totals[LOST_SALES], now.totals[LOST_SALES]))
    return found


def holidays(books: Books, periods: Sequence[Period], language: str) -> dict[date, str]:
    """Public holidays within periods, in the country that all stores have in common; none where that is not known."""
    countries = {str(row["country"]) for row in books.rows("dim_stores", ("country",)).rows if row["country"]}
    if len(countries) != 1:
        return {}
    import holidays as calendar

    country = countries.pop()
    if country not in calendar.list_supported_countries(include_aliases=False):
        return {}
    years = {year for period in periods for year in range(period.first.year, period.last.year + 1)}
    tongue = {"en": "en_US"}.get(language, language)
    known = calendar.country_holidays(country, years=years, language=tongue, observed=False)
    days = (p.first + timedelta(days=number) for p in periods for number in range(p.days))
    return {day: str(known[day]) for day in days if day in known}
