"""What phrases of time are read against, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.assistant.dates.calendar import Stretch
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
        parts: Names and days of the two ends of a stretch that are alike.
        is_open: Whether nobody said where a stretch begins.
        is_assumed: Whether the phrase is vague and the days are one way to take it.
    """

    name: str = "custom"
    days: Stretch | None = None
    relative: Relative | None = None
    problem: Problem | None = None
    candidates: tuple[tuple[str, Stretch], ...] = ()
    parts: tuple[tuple[str, Stretch], ...] = ()
    is_open: bool = False
    is_assumed: bool = False


NO_SUCH_DATE: Final = Meant(problem=Problem.NO_SUCH_DATE)

Made = Callable[[Slots, Today], Meant | None]
"""Makes a period of a pattern's slots; none where it is no period after all."""
