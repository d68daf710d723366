"""What phrases of time mean: a function per meaning that a pattern names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from app.assistant.dates import calendar
from app.assistant.dates.calendar import DAY
from app.assistant.dates.dated import DATED
from app.assistant.dates.meant import NO_SUCH_DATE, Made, Meant, Slots, Today
from app.assistant.dates.span import Problem

_EARLIEST: Final = date(1900, 1, 1)
_LATEST: Final = date(2200, 12, 31)
"""No shop has data outside, and reckoning further from days inside never leaves the calendar."""


def mean(does: str, slots: Slots, today: Today) -> Meant | None:
    """What a pattern with its slots filled means; none where it is no period after all."""
    found = MEANINGS.get(does)
    try:
        meant = found(slots, today) if found else _named(does, today)
    except (ValueError, OverflowError):
        # The one way to fail is a calendar without such a day, such as 30 February or a year beyond 9999.
        return NO_SUCH_DATE
    is_far = meant is not None and meant.days is not None and not _EARLIEST <= meant.days[0] <= meant.days[1] <= _LATEST
    return NO_SUCH_DATE if is_far else meant


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
    day = calendar.latest_weekday(slots["weekday"], today.latest)
    match slots["which"]:
        case "last":
            day = calendar.latest_weekday(slots["weekday"], today.latest - DAY)
        case "this":
            day = calendar.week(today.as_of)[0] + timedelta(days=slots["weekday"])
        case "next":
            day = calendar.latest_weekday(slots["weekday"], today.as_of) + timedelta(days=7)
        case "week_before":
            day = calendar.week(today.as_of, -1)[0] + timedelta(days=slots["weekday"])
    return Meant(days=(day, day))


def _weekend(slots: Slots, today: Today) -> Meant:
    weeks = {"last": -1, "this": 0, "next": 1}.get(slots["which"])
    if weeks is None:
        saturday = calendar.latest_weekday(5, today.latest)
    else:
        saturday = calendar.week(today.as_of, weeks)[0] + timedelta(days=5)
    return Meant(days=(saturday, saturday + DAY))


def _relative(slots: Slots, today: Today) -> Meant:
    if "name" in slots:
        return replace(_named(slots["name"], today), relative=slots["to"])
    if "of" not in slots:
        return Meant(relative=slots["to"])
    period = calendar.other_side(calendar.named(slots["of"], today.as_of), slots["to"])
    return Meant(days=(period.first, period.last), relative=slots["to"])


def _problem(slots: Slots, _: Today) -> Meant:
    return Meant(problem=Problem(slots["problem"]))


MEANINGS: Final[Mapping[str, Made]] = {
    **DATED,
    "counted": _counted,
    "ahead": _ahead,
    "ago": _ago,
    "either": _either,
    "assumed": _assumed,
    "rest_of": _rest_of,
    "weekday": _weekday,
    "weekend": _weekend,
    "relative": _relative,
    "problem": _problem,
}
