"""How demand moves through the year: selling seasons of products, and the mild yearly waves of departments."""

from __future__ import annotations

import numpy as np

from demo.sample.arrays import Bools, Dates, Floats, Ints
from demo.sample.chain import Chain
from demo.sample.days import Days

# Size of the yearly wave and the day of the year on which it peaks.
_YEARLY_WAVES = {
    "Produce": (0.10, 190),
    "Dairy": (0.03, 10),
    "Bakery": (0.06, 340),
    "Pantry": (0.08, 355),
    "Drinks": (0.22, 200),
    "Snacks": (0.08, 345),
    "Household": (0.04, 100),
    "Gifts": (0.25, 345),
}


def yearly_factor(chain: Chain, days: Days) -> Floats:
    """Factor on each product's demand by day of the year `[D, P]`; nought outside a seasonal product's season."""
    day_of_year = _day_of_year(days)
    factor = np.ones((len(days), len(chain.products)), dtype=np.float32)
    for p, product in enumerate(chain.products):
        if product.season is None:
            size, peak = _YEARLY_WAVES[product.department]
            factor[:, p] = 1 + size * np.cos(2 * np.pi * (day_of_year - peak) / 365.25)
        else:
            along = _share_of_season(chain, product.season, days)
            factor[:, p] = np.where(along >= 0, 0.35 + 1.3 * np.sin(np.pi * along).clip(0, 1) ** 1.5, 0.0)
    return factor


def is_in_season(chain: Chain, days: Days, before: int, until: int) -> Bools:
    """Whether a product is bought for stock: seasonal ones from `before` days ahead, until `until` days to the end.

    Returns:
        `[D, P]`; always true for products without a season.
    """
    result = np.ones((len(days), len(chain.products)), dtype=np.bool_)
    for name in chain.seasons:
        selling = _share_of_season(chain, name, days) >= 0
        ahead = _share_of_season(chain, name, days, shift=before) >= 0
        early_enough = _share_of_season(chain, name, days, shift=until) >= 0
        columns = [p for p, product in enumerate(chain.products) if product.season == name]
        result[:, columns] = ((ahead & ~selling) | (selling & early_enough))[:, None]
    return result


def days_since_season(chain: Chain, name: str, days: Days, within: int) -> Bools:
    """Days that fall at most `within` days after the end of a season `[D]`."""
    selling = _share_of_season(chain, name, days) >= 0
    before = _share_of_season(chain, name, days, shift=-within) >= 0
    return before & ~selling


def _share_of_season(chain: Chain, name: str, days: Days, shift: int = 0) -> Floats:
    """How far along a season each day is, 0 to 1, or -1 outside; `shift` asks for that many days later."""
    (first_month, first_day), (last_month, last_day) = chain.seasons[name]
    dates = days.dates + shift
    years = dates.astype("datetime64[Y]")
    result = np.full(len(dates), -1.0, dtype=np.float32)
    for back in (0, 1):
        starts = _month_day(years - back, first_month, first_day)
        ends = _month_day(years - back, last_month, last_day)
        ends = np.where(ends < starts, _month_day(years - back + 1, last_month, last_day), ends)
        inside = (dates >= starts) & (dates <= ends)
        share = (dates - starts).astype(np.float32) / (ends - starts).astype(np.float32)
        result = np.where(inside, share, result)
    return result.astype(np.float32)


def _month_day(years: Dates, month: int, day: int) -> Dates:
    return (years.astype("datetime64[M]") + (month - 1)).astype("datetime64[D]") + (day - 1)


def _day_of_year(days: Days) -> Ints:
    new_year = days.dates.astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray(days.dates - new_year, dtype=np.int64)
