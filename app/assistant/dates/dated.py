"""What dates mean: days, weeks, months, quarters and feasts, with a year or without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from dateutil.easter import easter

from app.assistant.dates import calendar
from app.assistant.dates.calendar import DAY
from app.assistant.dates.meant import NO_SUCH_DATE, Made, Meant, Slots, Today
from app.assistant.dates.span import Problem


def _day(slots: Slots, today: Today) -> Meant:
    day = _dated(slots, today, lambda year: date(year, slots["month"], slots["day"]))
    return _on_weekday(day, slots)


def _on_weekday(day: date, slots: Slots) -> Meant:
    is_other = "weekday" in slots and slots["weekday"] != day.weekday()
    return NO_SUCH_DATE if is_other else Meant(days=(day, day))


def _day_of_month(slots: Slots, today: Today) -> Meant:
    first, last = calendar.month(today.as_of, slots.get("months", 0))
    number = slots.get("day", slots.get("suffixed"))
    day = last if number == -1 else first.replace(day=number)
    if day > today.latest and "months" not in slots:
        day = calendar.month(today.as_of, -1)[0].replace(day=number)
    return Meant(days=(day, day))


def _date(slots: Slots, today: Today) -> Meant:
    if "shortdate" in slots:
        days = [_dated({}, today, lambda year, m=month, d=day: date(year, m, d)) for month, day in slots["shortdate"]]  # type: ignore[misc]
    else:
        days = list(slots["date"])
    days = [day for day in days if "weekday" not in slots or day.weekday() == slots["weekday"]]
    if not days:
        return NO_SUCH_DATE
    if len(days) > 1:
        return Meant(problem=Problem.AMBIGUOUS, candidates=tuple(("custom", (day, day)) for day in days))
    return Meant(days=(days[0], days[0]))


def _days(slots: Slots, today: Today) -> Meant:
    first, last = slots["days"] if "days" in slots else (slots["day"], slots["day2"])
    begin = _dated(slots, today, lambda year: date(year, slots["month"], first))
    end = begin.replace(day=last)
    return Meant(problem=Problem.BACKWARDS) if begin > end else Meant(days=(begin, end))


def _month(slots: Slots, today: Today) -> Meant:
    if "monthnumber" in slots:
        year, number = slots["monthnumber"]
        return Meant(days=calendar.month(date(year, number, 1)))
    match slots["which"]:
        case "last":
            first = _dated(slots, replace(today, latest=calendar.month(today.as_of, -1)[0]), _first_of(slots))
        case "this":
            first = date(today.as_of.year, slots["month"], 1)
        case "next":
            first = date(today.as_of.year, slots["month"], 1)
            first = first if first > today.as_of else first.replace(year=first.year + 1)
        case _:
            first = _dated(slots, today, _first_of(slots))
    return Meant(days=calendar.month(first))


def _first_of(slots: Slots) -> Callable[[int], date]:
    return lambda year: date(year, slots["month"], 1)


def _week_number(slots: Slots, today: Today) -> Meant:
    first = _dated(slots, today, lambda year: date.fromisocalendar(year, slots["week"], 1))
    return Meant(days=calendar.week(first))


def _quarter(slots: Slots, today: Today) -> Meant:
    number = slots.get("quarter", slots.get("nth", slots.get("suffixed")))
    number = 4 if number == -1 else number
    first = _dated(slots, today, lambda year: date(year, 3 * number - 2, 1))
    return Meant(days=calendar.month(first, 0, 3))


def _half(slots: Slots, today: Today) -> Meant:
    number = slots.get("half", slots.get("suffixed"))
    first = _dated(slots, today, lambda year: date(year, 6 * number - 5, 1))
    return Meant(days=calendar.month(first, 0, 6))


def _year(slots: Slots, _: Today) -> Meant:
    return Meant(days=calendar.month(date(slots["digits"], 1, 1), 0, 12))


def _week_of_month(slots: Slots, today: Today) -> Meant:
    first, last = calendar.month(_dated(slots, today, _first_of(slots)))
    number = slots.get("nth", slots.get("suffixed"))
    begin = last - timedelta(days=6) if number == -1 else first + timedelta(days=7 * (number - 1))
    return NO_SUCH_DATE if begin > last else Meant(days=(begin, min(begin + timedelta(days=6), last)))


def _weekday_of_month(slots: Slots, today: Today) -> Meant:
    first, last = calendar.month(_dated(slots, today, _first_of(slots)))
    number = slots.get("nth", slots.get("suffixed"))
    day = _nth_weekday(first, slots["weekday"], number)
    return Meant(days=(day, day)) if day <= last else NO_SUCH_DATE


def _nth_weekday(first: date, weekday: int, number: int) -> date:
    """The nth such weekday of the month that begins on `first`; -1 is its last."""
    if number == -1:
        return calendar.latest_weekday(weekday, calendar.month(first)[1])
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _part_of_month(slots: Slots, today: Today) -> Meant:
    first, last = calendar.month(_dated(slots, today, _first_of(slots)))
    if slots["n"] > last.day:
        return NO_SUCH_DATE
    more = timedelta(days=slots["n"] - 1)
    return Meant(days=(first, first + more) if slots["from"] == 1 else (last - more, last))


def _half_of_month(slots: Slots, today: Today) -> Meant:
    first, last = calendar.month(_dated(slots, today, _first_of(slots)))
    return Meant(days=(first, first.replace(day=15)) if slots["half"] == 1 else (first.replace(day=16), last))


def _moving(slots: Slots, today: Today) -> Meant:
    day = _dated(slots, today, _FEASTS[slots["feast"]])
    return Meant(days=(day, day))


def _dated(slots: Slots, today: Today, make: Callable[[int], date]) -> date:
    """A date of the year that was said, or else the latest one that does not begin after `today.latest`.

    Raises:
        ValueError: There is no such date in that year, or in any of the last eight.
    """
    if "year" in slots:
        return make(slots["year"] if slots["year"] > 0 else today.as_of.year + slots["year"])
    for year in range(today.latest.year, today.latest.year - 9, -1):
        try:
            if (found := make(year)) <= today.latest:
                return found
        except ValueError:
            continue
    raise ValueError(f"no such date up to {today.latest}")


def _thanksgiving(year: int) -> date:
    """The fourth Thursday of November, as in the United States."""
    return _nth_weekday(date(year, 11, 1), 3, 4)


_FEASTS: Final[Mapping[str, Callable[[int], date]]] = {
    "thanksgiving": _thanksgiving,
    "black_friday": lambda year: _thanksgiving(year) + DAY,
    "cyber_monday": lambda year: _thanksgiving(year) + 4 * DAY,
    "good_friday": lambda year: easter(year) - 2 * DAY,
    "easter_sunday": easter,
    "easter_monday": lambda year: easter(year) + DAY,
    "ascension": lambda year: easter(year) + 39 * DAY,
    "whit_sunday": lambda year: easter(year) + 49 * DAY,
    "whit_monday": lambda year: easter(year) + 50 * DAY,
}

DATED: Final[Mapping[str, Made]] = {
    "day": _day,
    "day_of_month": _day_of_month,
    "date": _date,
    "days": _days,
    "month": _month,
    "week_number": _week_number,
    "quarter": _quarter,
    "half": _half,
    "year": _year,
    "week_of_month": _week_of_month,
    "weekday_of_month": _weekday_of_month,
    "part_of_month": _part_of_month,
    "half_of_month": _half_of_month,
    "moving": _moving,
}
