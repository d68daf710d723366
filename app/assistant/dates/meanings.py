"""What phrases of time mean: a function per meaning that a pattern names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from dateutil.easter import easter

from app.assistant.dates import calendar
from app.assistant.dates.calendar import DAY, Stretch
from app.assistant.dates.span import Problem, Relative

Slots = Mapping[str, Any]
"""What a pattern's slots hold, with what the pattern settles by itself."""


@dataclass(frozen=True, slots=True)
class Today:
    """What phrases are read against.

    Attributes:
        as_of: The business day that counts as today.
        begins: First business day of the data, where it is known.
        latest: A date without its year (or a weekday) is the latest one that does not begin after this day.
    """

    as_of: date
    begins: date | None
    latest: date


@dataclass(frozen=True, slots=True)
class Meant:
    """What a phrase means.

    Attributes:
        name: Canonical name, or `custom`.
        days: First and last day by the calendar; none for a relative phrase or a problem.
        relative: See `PeriodSpan`.
        problem: See `PeriodSpan`.
        candidates: Names and days that it may mean.
        is_assumed: Whether the phrase is vague and the days are one way to take it.
    """

    name: str = "custom"
    days: Stretch | None = None
    relative: Relative | None = None
    problem: Problem | None = None
    candidates: tuple[tuple[str, Stretch], ...] = ()
    is_assumed: bool = False


NO_SUCH_DATE: Final = Meant(problem=Problem.NO_SUCH_DATE)


def mean(does: str, slots: Slots, today: Today) -> Meant | None:
    """What a pattern with its slots filled means; none where it is no period after all."""
    found = MEANINGS.get(does)
    try:
        return found(slots, today) if found else _named(does, today)
    except (ValueError, OverflowError):
        # The one way to fail is a calendar without such a day, such as 30 February or a year beyond 9999.
        return NO_SUCH_DATE


def _named(name: str, today: Today) -> Meant:
    return Meant(name, calendar.stretch(name, today.as_of, today.begins))


def _counted(slots: Slots, today: Today) -> Meant:
    found = _named(f"last_{slots['n'] * slots.get('times', 1)}_{slots['unit']}", today)
    return replace(found, relative=slots.get("relative"))


def _ahead(slots: Slots, today: Today) -> Meant:
    number, unit = slots["n"], slots["unit"]
    return _named(f"next_{number * 7}_days" if unit == "weeks" else f"next_{number}_{unit}", today)


def _ago(slots: Slots, today: Today) -> Meant:
    number, day = slots["n"], today.as_of
    match slots["unit"]:
        case "days":
            return Meant(days=(day - timedelta(days=number),) * 2)
        case "weeks":
            return Meant(days=calendar.week(day, -number))
        case "months":
            return Meant(days=calendar.month(day, -number))
        case _:
            return Meant(days=calendar.month(day, -number, 12))


def _either(slots: Slots, today: Today) -> Meant:
    found = tuple((name, calendar.stretch(name, today.as_of, today.begins)) for name in slots["names"])
    return Meant(problem=Problem.AMBIGUOUS, candidates=found)


def _assumed(slots: Slots, today: Today) -> Meant:
    return replace(_named(slots["name"], today), is_assumed=True)


def _rest_of(slots: Slots, today: Today) -> Meant:
    unit = {"week": calendar.week(today.as_of), "month": calendar.month(today.as_of)}
    last = unit.get(slots["unit"], calendar.month(today.as_of, 0, 12))[1]
    return Meant(days=(min(today.as_of + DAY, last), last))


def _weekday(slots: Slots, today: Today) -> Meant:
    day = _latest_weekday(slots["weekday"], today.latest)
    match slots["which"]:
        case "last":
            day = _latest_weekday(slots["weekday"], today.latest - DAY)
        case "this":
            day = calendar.week(today.as_of)[0] + timedelta(days=slots["weekday"])
        case "next":
            day = _latest_weekday(slots["weekday"], today.as_of) + timedelta(days=7)
        case "week_before":
            day = calendar.week(today.as_of, -1)[0] + timedelta(days=slots["weekday"])
    return Meant(days=(day, day))


def _latest_weekday(weekday: int, latest: date) -> date:
    return latest - timedelta(days=(latest.weekday() - weekday) % 7)


def _weekend(slots: Slots, today: Today) -> Meant:
    weeks = {"last": -1, "this": 0, "next": 1}.get(slots["which"])
    if weeks is None:
        saturday = _latest_weekday(5, today.latest)
    else:
        saturday = calendar.week(today.as_of, weeks)[0] + timedelta(days=5)
    return Meant(days=(saturday, saturday + DAY))


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
        return _latest_weekday(weekday, calendar.month(first)[1])
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


def _relative(slots: Slots, today: Today) -> Meant:
    if "of" not in slots:
        return Meant(relative=slots["to"])
    period = calendar.year_before(calendar.named(slots["of"], today.as_of))
    return Meant(days=(period.first, period.last), relative=slots["to"])


def _problem(slots: Slots, _: Today) -> Meant:
    return Meant(problem=Problem(slots["problem"]))


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

MEANINGS: Final[Mapping[str, Callable[[Slots, Today], Meant | None]]] = {
    "counted": _counted,
    "ahead": _ahead,
    "ago": _ago,
    "either": _either,
    "assumed": _assumed,
    "rest_of": _rest_of,
    "weekday": _weekday,
    "weekend": _weekend,
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
    "relative": _relative,
    "problem": _problem,
}
