"""Which products count as good sellers, and which of them need somebody now. Pure: pages and the digest share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

UNITS_A_DAY: Final = 1.0
"""Mean daily units from which a product in a store counts as a good seller."""

LOW_COVER_DAYS: Final = 2.0
"""Days of cover below which a good seller is about to run out."""

LIKELY: Final = 0.5
"""Chance of running out from which it is more likely than not, and a product needs a plan."""

MEASURES: Final = ("mean_daily_units", "available", "days_of_cover")
"""Metrics by product and store that `out_of_stock` and `running_low` look at."""

LOOKED_AT: Final = 2000
"""Products in stores that are looked at, those that sell most first."""

AnyRow = TypeVar("AnyRow", bound=Mapping[str, Any])


def good_sellers(rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Rows of products in stores that sell well."""
    return [row for row in rows if (row["mean_daily_units"] or 0) >= UNITS_A_DAY]


def out_of_stock(rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Good sellers with nothing available, the best seller first as in `rows`."""
    return [row for row in good_sellers(rows) if row["available"] is not None and row["available"] <= 0]


def running_low(rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Good sellers that last for less than `LOW_COVER_DAYS`, the first to run out first."""
    covers = [(row["days_of_cover"], row) for row in good_sellers(rows) if row["days_of_cover"] is not None]
    return [row for cover, row in sorted(covers, key=lambda item: item[0]) if 0 < cover < LOW_COVER_DAYS]
