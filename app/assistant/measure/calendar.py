"""Periods of the calendar: which lie wholly within the days asked for, and are over. All of it is pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of business days.

    Attributes:
        first: First day.
        last: Last day.
        is_over: Whether the last day has ended.
    """

    first: date
    last: date
    is_over: bool = True

    @property
    def last_over(self) -> date:
        """The last day that has ended."""
        return self.last if self.is_over else self.last - timedelta(days=1)

    def holds(self, bucket: date, grain: str) -> bool:
        """Whether a whole period of the grain, given by its first day, lies within and is over."""
        return self.first <= bucket and following(bucket, grain) - timedelta(days=1) <= self.last_over

    def whole(self, grain: str) -> list[date]:
        """First days of all whole periods of the grain within, in order."""
        found, bucket = [], begin(self.first, grain)
        while bucket <= self.last:
            if self.holds(bucket, grain):
                found.append(bucket)
            bucket = following(bucket, grain)
        return found


def begin(day: date, grain: str) -> date:
    """The first day of the period that a day lies in; weeks begin on Monday."""
    match grain:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, day.month - (day.month - 1) % 3, 1)
        case "year":
            return date(day.year, 1, 1)
        case _:
            return day


def following(bucket: date, grain: str) -> date:
    """The first day of the period after one that begins on this day."""
    return numbered(bucket, 1, grain)


def number_of(first: date, bucket: date, grain: str) -> int:
    """How many periods of a grain after one that begins on the first day another begins; 0 where it begins before."""
    months = (bucket.year - first.year) * 12 + bucket.month - first.month
    match grain:
        case "week":
            number = (bucket - first).days // 7
        case "month":
            number = months
        case "quarter":
            number = months // 3
        case "year":
            number = bucket.year - first.year
        case _:
            number = (bucket - first).days
    return max(0, number)


def numbered(first: date, number: int, grain: str) -> date:
    """The first day of the period so many after one that begins on the first day: undoes `number_of`."""
    match grain:
        case "week":
            return first + timedelta(weeks=number)
        case "month":
            return _months_after(first, number)
        case "quarter":
            return _months_after(first, 3 * number)
        case "year":
            return date(first.year + number, 1, 1)
        case _:
            return first + timedelta(days=number)


def _months_after(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def as_day(value: object) -> date:
    """A value of a period column as a day.

    Raises:
        TypeError: It is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no day")
    return value
