"""What days a period stands for. Where people mean different things by the same words, all of them count as right."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from evals.question import Span

Days = tuple[date, date]
UNSAID: Final = "unsaid"
"""No period was said: the last 28 days will do, if the answer says so."""

_DAY: Final = timedelta(days=1)
_COUNTED: Final = re.compile(r"last_(\d+)_(days|weeks|months)")


def spans(given: Span, today: date) -> tuple[Days, ...]:
    """First and last day of a period, both included; several where the words have several meanings.

    Raises:
        KeyError: No such period.
    """
    if isinstance(given, tuple):
        return (given,)
    if given == UNSAID:
        return ((today - 27 * _DAY, today),)
    if counted := _COUNTED.fullmatch(given):
        return _counted(int(counted[1]), counted[2], today)
    return (_named(today)[given],)


def baselines(given: Span, period: Days) -> tuple[Days, ...]:
    """The period that another is explained by, such as the same weekday a week before."""
    first, last = period
    if isinstance(given, tuple):
        return (given,)
    match given:
        case "day_before":
            return ((first - _DAY, last - _DAY),)
        case "week_before" | "same_weekday_week_before":
            return ((first - 7 * _DAY, last - 7 * _DAY),)
        case "month_before":
            return (_month(first - _DAY),)
        case _:
            raise KeyError(given)


def _named(today: date) -> dict[str, Days]:
    monday = today - today.weekday() * _DAY
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    quarter = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    before = (quarter - _DAY).replace(day=1)
    return {
        "today": (today, today),
        "yesterday": (today - _DAY, today - _DAY),
        "day_before_yesterday": (today - 2 * _DAY, today - 2 * _DAY),
        "this_week": (monday, today),
        "last_week": (monday - 7 * _DAY, monday - _DAY),
        "week_before_last": (monday - 14 * _DAY, monday - 8 * _DAY),
        "this_month": (month, today),
        "last_month": _month(month - _DAY),
        "this_year": (year, today),
        "last_quarter": (before.replace(month=before.month - 2), quarter - _DAY),
    }


def _counted(number: int, unit: str, today: date) -> tuple[Days, ...]:
    monday, month = today - today.weekday() * _DAY, today.replace(day=1)
    if unit == "days":
        return ((today - (number - 1) * _DAY, today),)
    if unit == "weeks":
        return (
            (today - (7 * number - 1) * _DAY, today),
            (monday - 7 * number * _DAY, monday - _DAY),
            (monday - 7 * (number - 1) * _DAY, today),
        )
    back = _months_before(month, number)
    same_day = back.replace(day=min(today.day, 28))
    return (
        (back, month - _DAY),
        (_months_before(month, number - 1), today),
        (same_day, today),
        (same_day + _DAY, today),
        (back, today),
        (today - (30 * number - 1) * _DAY, today),
    )


def _month(day: date) -> Days:
    first = day.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


def _months_before(month: date, number: int) -> date:
    years, index = divmod(month.year * 12 + month.month - 1 - number, 12)
    return date(years, index + 1, 1)
