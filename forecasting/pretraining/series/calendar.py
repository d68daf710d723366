"""What a period is: how many make a week, a month and a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Period = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Lengths in periods.

    Attributes:
        days: Days in a period.
        week: Periods in a week; 1 where a period is no shorter than one.
        month: Periods in a month; 1 where a period is no shorter than one.
        year: Periods in a year as retailers count it: 364 days and 52 weeks keep weekdays in place.
        year_exact: Periods in a calendar year.
    """

    days: float
    week: int
    month: float
    year: float
    year_exact: float


CALENDARS: Final[dict[Period, Calendar]] = {
    "day": Calendar(days=1, week=7, month=30.44, year=364, year_exact=365.25),
    "week": Calendar(days=7, week=1, month=1, year=52, year_exact=52.18),
    "month": Calendar(days=30.44, week=1, month=1, year=12, year_exact=12),
}
