"""Canonical names of periods, and what a manager compares a period with. One truth with `app.periods`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from app import periods
from app.assistant.dates.span import PeriodSpan, Relative
from app.assistant.reading import Period
from app.periods import months_before

DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_COUNTED: Final = re.compile(r"(last|next)_([1-9]\d{0,3})_(days|weeks|months)")
BEGINNING: Final = date(2000, 1, 1)
"""Where "all time" begins when the first day of the data is not known."""

Stretch = tuple[date, date]
"""First and last day by the calendar, whatever today is."""


def named(name: str, as_of: date, is_day_over: bool = False, begins: date | None = None) -> Period:
    """The days that a canonical name stands for on the as-of day.

    Args:
        name: Such as `last_week` or `last_10_days`; never `custom`.
        as_of: The business day that counts as today.
        is_day_over: Whether that day is over.
        begins: First business day of the data, for `all_time`.

    Raises:
        ValueError: No period is called that.
    """
    first, last = stretch(name, as_of, begins)
    return cut(name, first, last, as_of, is_day_over)


def cut(name: str, first: date, last: date, as_of: date, is_day_over: bool) -> Period:
    """A period from its calendar days: one that is not over yet stops at the as-of day and knows its calendar end."""
    if first > as_of or last < as_of or (last == as_of and is_day_over):
        return Period(name=name, first=first, last=last)
    return Period(name=name, first=first, last=as_of, ends=last)


def previous(period: Period) -> Period:
    """What a manager compares a period with first.

    A day with the same weekday a week before; a calendar week, month, quarter or year with the one before it, and as
    many days of it where the period is not over; anything else with as many days just before.
    """
    months = _whole_months(period)
    if months:
        first = months_before(period.first, months)
        last = period.first - DAY if period.ends is None else months_before(period.last, months)
        return Period(name="custom", first=first, last=min(last, period.first - DAY))
    if _is_calendar_week(period):
        return Period(name="custom", first=period.first - 7 * DAY, last=period.last - 7 * DAY)
    other = periods.Period(period.name, period.first, period.last).previous()
    return Period(name="custom", first=other.first, last=other.last)


def year_before(period: Period) -> Period:
    """The same days a year before: the same dates for whole months, else by weekday where the period is short."""
    months = _whole_months(period)
    if months and period.ends is None:
        last = months_before(period.last + DAY, 12) - DAY
        return Period(name="custom", first=months_before(period.first, 12), last=last)
    if months:
        return Period(name="custom", first=months_before(period.first, 12), last=months_before(period.last, 12))
    other = periods.Period(period.name, period.first, period.last).year_before()
    return Period(name="custom", first=other.first, last=other.last)


def other_side(period: Period, relative: Relative) -> Period:
    """The period that a relative phrase names beside another one."""
    match relative:
        case "year_before":
            return year_before(period)
        case "day_before" if period.days == 1:
            return Period(name="custom", first=period.first - DAY, last=period.first - DAY)
        case "week_before" if period.days <= _WEEK:
            return Period(name="custom", first=period.first - 7 * DAY, last=period.last - 7 * DAY)
        case "month_before" | "quarter_before":
            return _months_earlier(period, 1 if relative == "month_before" else 3)
        case _:
            return previous(period)


def is_reckoned_from(base: Period, span: PeriodSpan) -> bool:
    """Whether a phrase means a period as seen from this one: "the same day last week" does not as seen from a month."""
    is_of_a_day = span.period is not None and span.period.days == 1 and span.relative in {"week_before", "month_before"}
    return span.relative is not None and not (is_of_a_day and base.days > _WEEK)


def beside(base: Period, span: PeriodSpan) -> Period | None:
    """The period that a phrase names where it stands beside this one."""
    if span.relative is None or not is_reckoned_from(base, span):
        return span.period
    return other_side(base, span.relative)


def _months_earlier(period: Period, months: int) -> Period:
    """The same days of an earlier month, whole months for whole ones; as `previous` where the two would overlap."""
    first = months_before(period.first, months)
    is_whole = _whole_months(period) and period.ends is None
    last = months_before(period.last + DAY, months) - DAY if is_whole else months_before(period.last, months)
    return Period(name="custom", first=first, last=last) if last < period.first else previous(period)


def _whole_months(period: Period) -> int:
    """How many whole calendar months a period covers when it is over; 0 where it begins or ends within one."""
    return 0 if _COUNTED.fullmatch(period.name) else whole_months((period.first, period.ends or period.last))


def _is_calendar_week(period: Period) -> bool:
    last = period.ends or period.last
    return not _COUNTED.fullmatch(period.name) and period.first.weekday() == 0 and (last - period.first).days == 6


def stretch(name: str, as_of: date, begins: date | None = None) -> Stretch:
    """First and last day of a canonical name by the calendar.

    Raises:
        ValueError: No period is called that.
    """
    if found := _COUNTED.fullmatch(name):
        return _counted(found[1], int(found[2]), found[3], as_of)
    if name == "all_time":
        return min(begins or BEGINNING, as_of), as_of
    if name not in _NAMED:
        raise ValueError(name)
    return _NAMED[name](as_of)


def _counted(direction: str, number: int, unit: str, as_of: date) -> Stretch:
    if direction == "last":
        if unit == "months":
            return months_before(as_of, number) + DAY, as_of
        return as_of - timedelta(days=number * (7 if unit == "weeks" else 1) - 1), as_of
    if unit == "months":
        return as_of + DAY, months_before(as_of, -number)
    return as_of + DAY, as_of + timedelta(days=number * (7 if unit == "weeks" else 1))


def is_counted(name: str) -> bool:
    """Whether a name counts days, weeks or months from the as-of day, such as `last_7_days`."""
    return _COUNTED.fullmatch(name) is not None


def week(day: date, weeks: int = 0) -> Stretch:
    """The week of a day, Monday to Sunday, or one so many weeks later."""
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)
    return monday, monday + timedelta(days=6)


def month(day: date, months: int = 0, length: int = 1) -> Stretch:
    """The block of `length` calendar months (3: a quarter, 12: a year) of a day, or one so many blocks later."""
    first = day.replace(day=1, month=(day.month - 1) // length * length + 1)
    first = months_before(first, -months * length)
    return first, months_before(first, -length) - DAY


def whole_months(days: Stretch) -> int:
    """How many whole calendar months these days are; 0 where they begin or end within one."""
    first, last = days
    if first.day != 1 or (last + DAY).day != 1:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def latest_weekday(weekday: int, latest: date) -> date:
    """The latest day up to `latest` that is this weekday; 0 is Monday."""
    return latest - timedelta(days=(latest.weekday() - weekday) % 7)


def _days(after: int) -> Callable[[date], Stretch]:
    return lambda day: (day + timedelta(days=after), day + timedelta(days=after))


def _weeks(after: int) -> Callable[[date], Stretch]:
    return lambda day: week(day, after)


def _months(after: int, length: int = 1) -> Callable[[date], Stretch]:
    return lambda day: month(day, after, length)


_NAMED: Final[dict[str, Callable[[date], Stretch]]] = {
    "today": _days(0),
    "yesterday": _days(-1),
    "day_before_yesterday": _days(-2),
    "same_weekday_last_week": _days(-7),
    "tomorrow": _days(1),
    "day_after_tomorrow": _days(2),
    "this_week": _weeks(0),
    "last_week": _weeks(-1),
    "week_before_last": _weeks(-2),
    "next_week": _weeks(1),
    "this_month": _months(0),
    "last_month": _months(-1),
    "month_before_last": _months(-2),
    "next_month": _months(1),
    "this_quarter": _months(0, 3),
    "last_quarter": _months(-1, 3),
    "next_quarter": _months(1, 3),
    "this_year": _months(0, 12),
    "last_year": _months(-1, 12),
    "year_before_last": _months(-2, 12),
    "next_year": _months(1, 12),
}

FIXED_NAMES: Final = (*_NAMED, "all_time")
"""Canonical names without a number in them."""
