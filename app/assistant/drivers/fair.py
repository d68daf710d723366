"""Two periods as an explanation or a digest compares them: like with like, by the rule of comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.assistant.books import Books
from app.assistant.clock import WHOLE_DAY
from app.assistant.measure import alike
from app.assistant.reading import Period, Reading
from metrics import Filter


@dataclass(frozen=True, slots=True)
class Pair:
    """Two periods that are fair to compare.

    Attributes:
        now: Days of the period that is asked about.
        then: Days that it is compared with.
        until_hour: Hours of the last day of both that count; 24 for whole days.
        is_cut: Whether days were left out that have no counterpart.
    """

    now: Period
    then: Period
    until_hour: int = WHOLE_DAY
    is_cut: bool = False

    @property
    def hours(self) -> tuple[Filter, ...]:
        """The filter that leaves out the hours of the last days that are not over; nothing for whole days."""
        if self.until_hour >= WHOLE_DAY:
            return ()
        return (Filter(dimension="hour", operator="<", value=self.until_hour),)

    @property
    def are_days(self) -> bool:
        """Whether each is a single day."""
        return self.now.days == self.then.days == 1

    @property
    def whole_days(self) -> tuple[Period, Period]:
        """The later and the earlier period, of more days than one, without last days of which only some hours count."""
        if self.until_hour >= WHOLE_DAY:
            return self.now, self.then
        now, then = (Period(first=p.first, last=p.last - timedelta(days=1)) for p in (self.now, self.then))
        return now, then


def pair(reading: Reading, metrics: Sequence[str], now: Period, then: Period, books: Books) -> Pair:
    """Cut two periods to what is fair to compare.

    Args:
        reading: Says which stores count, for their time of day.
        metrics: What is compared; hours can be left out where each of them knows the hour and adds up over days.
        now: The period asked about.
        then: The period that it is compared with.
        books: Say what day and time it is.
    """
    found = alike.pair(reading.model_copy(update={"metrics": tuple(metrics)}), now, then, books)
    until_hour = WHOLE_DAY if found.until_hour is None else found.until_hour
    return Pair(found.now, found.before, until_hour, found.is_trimmed)
