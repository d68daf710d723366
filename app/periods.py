"""The periods that a page can show, and what each is compared with. Everything here is pure.

Every period ends on the as-of day at the latest, and its first and last day both belong to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DEFAULT = "last_28_days"
CUSTOM = "custom"

LABELS = {
    "today": "Today",
    "yesterday": "Yesterday",
    "last_7_days": "Last 7 days",
    "last_28_days": "Last 28 days",
    "last_90_days": "Last 90 days",
    "this_month": "This month",
    "last_month": "Last month",
    "this_year": "This year",
    "last_12_months": "Last 12 months",
    CUSTOM: "Custom dates",
}

_DAYS_OF_NAME = {"last_7_days": 7, "last_28_days": 28, "last_90_days": 90}
LONGEST = timedelta(days=3660)
"""How far back a custom period may reach."""

SAME_WEEKDAY_LAST_YEAR = timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of business days, both ends included.

    Attributes:
        name: Its word in the address, such as `last_28_days`.
        first: First business day.
        last: Last business day.
    """

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> str:
        """Time grain at which a trend over the period reads well."""
        if self.days == 1:
            return "hour"
        return "day" if self.days <= 92 else "week" if self.days <= 400 else "month"

    def previous(self) -> Period:
        """What a manager compares with first.

        A day with the same weekday a week before, a month (or year) so far with the same days of the one before, and
        any other stretch with as many days just before it.
        """
        if self.name in {"this_month", "last_month"}:
            first = months_before(self.first, 1)
            whole = self.name == "last_month"
            last = self.first - timedelta(days=1) if whole else months_before(self.last, 1)
            return Period("previous", first, last)
        if self.name == "this_year":
            return self.year_before()
        if self.days == 1:
            return Period("previous", self.first - timedelta(days=7), self.last - timedelta(days=7))
        return Period("previous", self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def year_before(self) -> Period:
        """The same days a year before: whole weeks for short periods, so that weekdays match, else the same dates."""
        if self.days <= 92 and self.name not in {"this_month", "last_month", "this_year"}:
            first, last = self.first - SAME_WEEKDAY_LAST_YEAR, self.last - SAME_WEEKDAY_LAST_YEAR
        else:
            first, last = months_before(self.first, 12), months_before(self.last, 12)
        return Period("year_before", first, last)


def resolve(name: str, as_of: date, first: date | None = None, last: date | None = None) -> Period:
    """The days that a period's name stands for on the as-of day.

    Args:
        name: A key of `LABELS`.
        as_of: The business day that counts as today.
        first: First day, for `custom` only.
        last: Last day, for `custom` only.
    """
    if name == CUSTOM:
        begin = max(as_of - LONGEST, min(first or as_of, as_of))
        return Period(name, begin, max(begin, min(last or as_of, as_of)))
    if name in _DAYS_OF_NAME:
        return Period(name, as_of - timedelta(days=_DAYS_OF_NAME[name] - 1), as_of)
    match name:
        case "today":
            return Period(name, as_of, as_of)
        case "yesterday":
            yesterday = as_of - timedelta(days=1)
            return Period(name, yesterday, yesterday)
        case "this_month":
            return Period(name, as_of.replace(day=1), as_of)
        case "last_month":
            return Period(name, months_before(as_of.replace(day=1), 1), as_of.replace(day=1) - timedelta(days=1))
        case "this_year":
            return Period(name, as_of.replace(month=1, day=1), as_of)
        case "last_12_months":
            return Period(name, months_before(as_of, 12) + timedelta(days=1), as_of)
        case _:
            raise ValueError(name)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
