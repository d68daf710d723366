"""Today so far against other days up to the same hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from app.data import Shop
from app.periods import SAME_WEEKDAY_LAST_YEAR
from metrics import Filter, Result

TODAY = "So far"
LAST_WEEK = "Last week"
LAST_YEAR = "Last year"


@dataclass(frozen=True, slots=True)
class DaySoFar:
    """The day that is shown, the days that it is compared with, and the hour up to which the comparison is fair.

    Attributes:
        day: The as-of day, or the day before while the as-of day has no sale.
        until_hour: Hours of the day that are complete in every store; 24 for a whole day.
        is_today: Whether `day` is the as-of day.
    """

    day: date
    until_hour: int
    is_today: bool

    @property
    def days(self) -> dict[str, date]:
        """The three days by their names."""
        return {
            TODAY: self.day,
            LAST_WEEK: self.day - timedelta(days=7),
            LAST_YEAR: self.day - SAME_WEEKDAY_LAST_YEAR,
        }

    def complete_hours(self) -> tuple[Filter, ...]:
        """The filter that leaves out the hour that is running; nothing for a whole day."""
        if self.until_hour == 24:
            return ()
        return (Filter(dimension="hour", operator="<", value=self.until_hour),)


def day_so_far(shop: Shop, time_zones: Sequence[str], where: Sequence[Filter]) -> DaySoFar:
    """Find out which day to show, and up to which hour a comparison is fair.

    Args:
        shop: The shop.
        time_zones: Time zones of the stores that are shown; the one that is furthest behind decides.
        where: The filters of the page.
    """
    sold = shop.query("transactions", where=where, first=shop.today, last=shop.today)
    if not sold.rows or not sold.rows[0]["transactions"]:
        return DaySoFar(shop.today - timedelta(days=1), 24, is_today=False)
    now = [shop.run.as_of_at.astimezone(ZoneInfo(zone)) for zone in time_zones]
    hours = [moment.hour if moment.date() == shop.today else 24 for moment in now]
    return DaySoFar(shop.today, min(hours, default=24), is_today=True)


def totals(shop: Shop, so_far: DaySoFar, metrics: Sequence[str], where: Sequence[Filter]) -> dict[str, Result]:
    """Metrics of each of the three days up to the same hour, by the day's name."""
    return {
        name: shop.query(*metrics, where=(*where, *so_far.complete_hours()), first=day, last=day)
        for name, day in so_far.days.items()
    }


def by_store_and_hour(shop: Shop, so_far: DaySoFar, where: Sequence[Filter]) -> pd.DataFrame:
    """Net sales of the three days: `name` of the day, `store`, `hour`, `net_sales`. The day that runs has no future."""
    frames = []
    for name, day in so_far.days.items():
        result = shop.query("net_sales", by=("store", "hour"), where=where, first=day, last=day)
        frames.append(result.frame().assign(name=name))
    return pd.concat(frames, ignore_index=True)
