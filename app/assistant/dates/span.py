"""What the date grammar finds in a question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from app.assistant.reading import Period

Relative = Literal["previous", "year_before", "day_before", "week_before", "month_before", "quarter_before"]
"""What a period is compared with: see `calendar.other_side`."""


class Problem(StrEnum):
    """Why words that speak of time stand for no period."""

    NO_SUCH_DATE = "no_such_date"
    """A day, week or month that no calendar has, such as 31 June or week 54."""
    AMBIGUOUS = "ambiguous"
    """A date that can be read in two ways, such as 03/04/2026: both are candidates."""
    HOURS = "hours"
    """Hours back from now: the metrics know business days."""
    BACKWARDS = "backwards"
    """A stretch that ends before it begins."""
    VAGUE = "vague"
    """A part of a period with no clear bounds, such as "early October": the candidates are ways to take it."""
    GAP = "gap"
    """Days that cannot be left out of a period: they lie in its midst or outside it, or nothing would be left."""
    CLASH = "clash"
    """A stretch without a beginning, such as "until yesterday", apart from another period that it runs into."""


@dataclass(frozen=True, slots=True)
class PeriodSpan:
    """Words of a question that speak of a period.

    Attributes:
        first: Index of the first word.
        last: One past the last word.
        period: The days; none where there is a problem, or where the words only mean something beside another period.
        relative: Where the words name the other side of a comparison ("the week before", "vs last year"). With a
            period as well ("vs last year"), the period is what they mean where no other is named; else the relative
            one goes first, so that this week so far meets as many days of last week.
        is_future: Whether the period begins after the as-of day.
        problem: Why there is no period.
        candidates: Periods that an ambiguous date may mean.
        parts: The two ends of a stretch that are alike, such as August and September of "from August to September":
            what is said to change changed between these.
        is_corrected: Whether a word was taken for a misspelt or shortened one, such as "on sun"; an exact match of
            something else goes first.
        is_assumed: Whether the words are vague ("recently") and the period is one way to take them.
    """

    first: int
    last: int
    period: Period | None = None
    relative: Relative | None = None
    is_future: bool = False
    problem: Problem | None = None
    candidates: tuple[Period, ...] = ()
    parts: tuple[Period, ...] = ()
    is_corrected: bool = False
    is_assumed: bool = False
