"""Periods within longer phrases: the points that stretches are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.assistant.dates.calendar import Stretch
from app.assistant.dates.meanings import mean
from app.assistant.dates.meant import Made, Meant, Slots, Today


@dataclass(frozen=True, slots=True)
class Point:
    """A period within a longer phrase, not resolved yet: its year may follow from the other end."""

    does: str
    slots: Slots

    def resolve(self, today: Today) -> Meant | None:
        """What it means as seen from a day."""
        return mean(self.does, self.slots, today)


def from_one(make: Callable[[Stretch, Today], Stretch | None], is_open: bool = False) -> Made:
    """A stretch made of one point; an open one begins with the data because nobody said where."""

    def found(slots: Slots, today: Today) -> Meant | None:
        point = point_of(slots, "point", "shortdate").resolve(today)
        if point is None or point.days is None:
            return unresolved(point)
        days = make(point.days, today)
        return None if days is None else Meant(days=days, is_open=is_open and days[0] <= today.as_of)

    return found


def point_of(slots: Slots, *names: str) -> Point:
    """The point in a slot; a short date stands for the day it names."""
    for name in names:
        if isinstance(slots.get(name), Point):
            return slots[name]  # type: ignore[no-any-return]
    return Point("date", {"shortdate": next(slots[name] for name in names if name in slots)})


def unresolved(point: Meant | None) -> Meant | None:
    """A stretch has the problem of its end; one to a relative phrase is none."""
    return Meant(problem=point.problem) if point is not None and point.problem is not None else None
