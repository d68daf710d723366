"""Parts of a period: its first day, its second half, its last Friday, and what is left without today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from app.assistant.dates import calendar
from app.assistant.dates.calendar import DAY, Stretch
from app.assistant.dates.meant import Made, Meant, Slots, Today
from app.assistant.dates.points import from_one, point_of, unresolved
from app.assistant.dates.span import Problem

_SHORTEST_VAGUE: Final = 5
"""Days from which on a period has an early and a late part."""
_SHORTEST_WITH_WEEKS: Final = 28


def _first_day(point: Stretch, _: Today) -> Stretch | None:
    return (point[0], point[0]) if point[0] < point[1] else None


def _last_day(point: Stretch, _: Today) -> Stretch | None:
    return (point[1], point[1]) if point[0] < point[1] else None


def _half_of(slots: Slots, today: Today) -> Meant | None:
    """The first or second half: of a month up to the 15th, of more months by months."""
    point = point_of(slots, "point").resolve(today)
    if point is None or point.days is None:
        return unresolved(point)
    first, last = point.days
    months = calendar.whole_months(point.days)
    if months == 1:
        second = first + timedelta(days=15)
    elif months and months % 2 == 0:
        second = calendar.month(first, months // 2)[0]
    else:
        return None
    return Meant(days=(first, second - DAY) if slots["half"] == 1 else (second, last))


def _week_of_point(slots: Slots, today: Today) -> Meant | None:
    """Seven days counted from the first day, or the last seven."""
    point = point_of(slots, "point").resolve(today)
    if point is None or point.days is None:
        return unresolved(point)
    first, last = point.days
    number = slots.get("nth", slots.get("suffixed"))
    if (last - first).days + 1 < _SHORTEST_WITH_WEEKS:
        return None
    begin = last - 6 * DAY if number == -1 else first + timedelta(days=7 * (number - 1))
    return Meant(problem=Problem.NO_SUCH_DATE) if begin > last else Meant(days=(begin, min(begin + 6 * DAY, last)))


def _weekday_of_point(slots: Slots, today: Today) -> Meant | None:
    """The nth such weekday, or the last."""
    point = point_of(slots, "point").resolve(today)
    if point is None or point.days is None:
        return unresolved(point)
    first, last = point.days
    number = slots.get("nth", slots.get("suffixed"))
    if number == -1:
        day = calendar.latest_weekday(slots["weekday"], last)
    else:
        day = first + timedelta(days=(slots["weekday"] - first.weekday()) % 7 + 7 * (number - 1))
    return Meant(days=(day, day)) if first <= day <= last else Meant(problem=Problem.NO_SUCH_DATE)


def _vague(slots: Slots, today: Today) -> Meant | None:
    """Ways to take the early, middle or late part of a period: a third of it, half of it, or the day at its edge."""
    point = point_of(slots, "point").resolve(today)
    if point is None or point.days is None:
        return unresolved(point)
    first, last = point.days
    count = (last - first).days + 1
    if count < _SHORTEST_VAGUE:
        return None
    third, half, quarter = timedelta(days=round(count / 3)), timedelta(days=count // 2), timedelta(days=count // 4)
    ways: dict[str, tuple[Stretch, ...]] = {
        "early": ((first, first + third - DAY), (first, first + half - DAY)),
        "middle": ((first + third, last - third), (first + quarter, last - quarter)),
        "late": ((last - third + DAY, last), (first + half, last)),
    }
    edges: dict[str, tuple[Stretch, ...]] = {"early": ((first, first),), "late": ((last, last),)}
    found = (edges.get(slots["part"], ()) if "edge" in slots else ()) + ways[slots["part"]]
    return Meant(problem=Problem.VAGUE, candidates=tuple(("custom", days) for days in found))


def _up_to_before(slots: Slots, today: Today) -> Meant | None:
    """From the beginning of a period to the day before another point: "this week before Wednesday"."""
    whole, point = point_of(slots, "point").resolve(today), point_of(slots, "point2").resolve(today)
    if whole is None or whole.days is None or point is None or point.days is None:
        return unresolved(whole) or unresolved(point)
    is_within = whole.days[0] < point.days[0] <= whole.days[1]
    return Meant(days=(whole.days[0], point.days[0] - DAY)) if is_within else Meant(problem=Problem.GAP)


def _without(slots: Slots, today: Today) -> Meant | None:
    """A period without the days at one end of it; "the last 7 days" without today are the 7 days up to yesterday."""
    left_out = point_of(slots, "point2")
    whole, point = point_of(slots, "point").resolve(today), left_out.resolve(today)
    if whole is None or whole.days is None or point is None or point.days is None:
        return unresolved(whole) or unresolved(point)
    first, last = whole.days[0], whole.days[1] if whole.days[0] > today.as_of else min(whole.days[1], today.as_of)
    begin, end = point.days
    is_at_start, is_at_end = begin <= first <= end, begin <= last <= end
    if is_at_end and not is_at_start:
        is_counted = calendar.is_counted(whole.name)
        days = calendar.stretch(whole.name, begin - DAY) if is_counted else (first, begin - DAY)
        return Meant(days=days)
    if is_at_start and not is_at_end:
        return Meant(days=(end + DAY, whole.days[1]))
    is_outside = left_out.does == "today" and not first <= begin <= last
    return replace(whole, relative=None) if is_outside else Meant(problem=Problem.GAP)


WITHIN: Final[Mapping[str, Made]] = {
    "first_day": from_one(_first_day),
    "last_day": from_one(_last_day),
    "half_of": _half_of,
    "week_of_point": _week_of_point,
    "weekday_of_point": _weekday_of_point,
    "vague": _vague,
    "up_to_before": _up_to_before,
    "without": _without,
}
