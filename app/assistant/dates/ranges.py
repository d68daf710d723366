"""Stretches between two points in time, or from one of them on: "since Monday", "from March to May"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from app.assistant.dates.calendar import BEGINNING, DAY, Stretch, week, whole_months
from app.assistant.dates.meanings import mean
from app.assistant.dates.meant import Made, Meant, Slots, Today
from app.assistant.dates.points import from_one, point_of, unresolved
from app.assistant.dates.span import Problem
from app.assistant.dates.within import WITHIN

_LATER: Final = (timedelta(days=6), timedelta(days=365))
"""How far after the first day the end of a stretch may be named without its week or year."""


def mean_range(does: str, slots: Slots, today: Today) -> Meant | None:
    """What a range pattern with its slots filled means; none where it is no period after all."""
    found = RANGES.get(does)
    return found(slots, today) if found else mean(does, slots, today)


def _by_weekday(slots: Slots, today: Today) -> Meant | None:
    """From tomorrow to the next such weekday, or to the day before it."""
    ahead = (slots["weekday"] - today.as_of.weekday() - 1) % 7 + 1
    last = today.as_of + timedelta(days=ahead - (1 if "is_before" in slots else 0))
    return Meant(days=(today.as_of + DAY, last)) if last > today.as_of else None


def _since(point: Stretch, today: Today) -> Stretch | None:
    return (point[0], today.as_of) if point[0] <= today.as_of else None


def _after(point: Stretch, today: Today) -> Stretch | None:
    return _since((point[1] + DAY, point[1]), today)


def _until(point: Stretch, today: Today) -> Stretch | None:
    """Up to the end of a point: from the first day of the data, or from tomorrow where the end lies ahead."""
    if point[1] > today.as_of:
        return today.as_of + DAY, point[1]
    first = today.begins or BEGINNING
    return (first, point[1]) if first <= point[1] else None


def _before(point: Stretch, today: Today) -> Stretch | None:
    return _until((point[0], point[0] - DAY), today)


def _by(point: Stretch, today: Today) -> Stretch | None:
    """From tomorrow to the end of a point ahead; what is over cannot be a deadline."""
    return _until(point, today) if point[1] > today.as_of else None


def _week_of(point: Stretch, _: Today) -> Stretch | None:
    """The week that a day is in."""
    return week(point[0]) if point[0] == point[1] else None


def _week_ending(point: Stretch, _: Today) -> Stretch | None:
    return (point[1] - timedelta(days=6), point[1]) if point[0] == point[1] else None


def _between(slots: Slots, today: Today) -> Meant | None:
    """From one point to another. The year of the first follows from the last, or else the other way round."""
    end = point_of(slots, "point2", "shortdate2").resolve(today)
    if end is None or end.days is None:
        return unresolved(end)
    begin_point = point_of(slots, "point", "shortdate")
    begin = begin_point.resolve(replace(today, latest=min(end.days[1], today.as_of)))
    if begin is None or begin.days is None:
        return unresolved(begin)
    for later in _LATER:
        if begin.days[0] <= end.days[1]:
            break
        again = point_of(slots, "point2", "shortdate2").resolve(replace(today, latest=begin.days[0] + later))
        end = again if again is not None and again.days is not None else end
    assert end.days is not None
    is_whole_year_back = begin.days[0].month == end.days[1].month and begin.days[0].year < end.days[1].year
    if begin.days[0] > end.days[1] or (is_whole_year_back and "year" not in begin_point.slots):
        return Meant(problem=Problem.BACKWARDS)
    parts = ((begin.name, begin.days), (end.name, end.days))
    is_alike = begin.days[1] < end.days[0] and _sort(begin.days) is not None and _sort(begin.days) == _sort(end.days)
    return Meant(days=(begin.days[0], end.days[1]), parts=parts if is_alike else ())


def _sort(days: Stretch) -> tuple[str, int] | None:
    """What sort of period these days are by the calendar: a day, a week, or so many whole months."""
    if days[0] == days[1]:
        return "day", 1
    if days == week(days[0]):
        return "week", 1
    months = whole_months(days)
    return ("months", months) if months else None


RANGES: Final[Mapping[str, Made]] = {
    **WITHIN,
    "between": _between,
    "by_weekday": _by_weekday,
    "since": from_one(_since),
    "after": from_one(_after),
    "until": from_one(_until, is_open=True),
    "before": from_one(_before, is_open=True),
    "by": from_one(_by),
    "week_of": from_one(_week_of),
    "week_ending": from_one(_week_ending),
}
