"""Two periods that are joined: "May and June", "last week and the week before"."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.assistant.local.sheet import Sheet
from app.assistant.reading import Period

_LONGEST: Final = ((1, "day"), (7, "week"), (31, "month"), (92, "quarter"))
"""How many days the sorts of period have at most."""


def is_joined(sheet: Sheet) -> bool:
    """Whether two periods are named with nothing but an "and" between them."""
    if len(sheet.periods) != 2:
        return False
    first, second = sheet.periods[0].at, sheet.periods[1].at
    between = [piece for piece in sheet.pieces[first + 1 : second] if not piece.is_harmless]
    return len(between) == 1 and between[0].has("and")


def united(first: Period, second: Period) -> Period | None:
    """Both periods as one; none where they do not touch."""
    earlier, later = sorted((first, second), key=lambda period: period.first)
    if (earlier.ends or earlier.last) + timedelta(days=1) != later.first:
        return None
    return Period(name="custom", first=earlier.first, last=later.last, ends=later.ends)


def grain(period: Period) -> str:
    """What one of two joined periods is: a day, a week, a month, a quarter or a year."""
    days = ((period.ends or period.last) - period.first).days + 1
    return next((name for most, name in _LONGEST if days <= most), "year")
