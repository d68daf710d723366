"""Like with like: a day that runs is compared up to its last complete hour, a week that runs on its complete days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.assistant.reading import Period
from metrics import Filter

WHOLE_DAY: Final = 24
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two periods that are fair to compare.

    Attributes:
        now: Days of the later period, or of that which is asked about.
        then: Days that it is compared with.
        until_hour: Hours of the day that count in both; 24 for whole days.
        is_cut: Whether days were left out, for being not over or for having no counterpart.
    """

    now: Period
    then: Period
    until_hour: int = WHOLE_DAY
    is_cut: bool = False

    @property
    def hours(self) -> tuple[Filter, ...]:
        """The filter that leaves out the hours that are not over; nothing for whole days."""
        if self.until_hour >= WHOLE_DAY:
            return ()
        return (Filter(dimension="hour", operator="<", value=self.until_hour),)

    @property
    def are_days(self) -> bool:
        """Whether each is a single day."""
        return self.now.days == self.then.days == 1


def pair(now: Period, then: Period, today: date, complete_hours: int) -> Pair:
    """Cut two periods to what is fair to compare.

    Args:
        now: The period asked about.
        then: The period that it is compared with.
        today: The business day that counts as today.
        complete_hours: Hours of it that are over in every store; 24 where it is.
    """
    runs = complete_hours < WHOLE_DAY and today in {now.last, then.last}
    if runs and (now.days == 1 or then.days == 1):
        return Pair(_shortened(now, 1), _shortened(then, 1), complete_hours, is_cut=now.days + then.days > 2)
    is_over = {period.last: not (runs and period.last == today) for period in (now, then)}
    days = [period.days - (not is_over[period.last]) for period in (now, then)]
    unfinished = [period.ends is not None or not is_over[period.last] for period in (now, then)]
    if not any(unfinished):
        return Pair(now, then)
    most = min(days)
    return Pair(_shortened(now, most), _shortened(then, most), is_cut=most < max(now.days, then.days))


def _shortened(period: Period, days: int) -> Period:
    if period.days <= days:
        return period
    return Period(first=period.first, last=period.first + (days - 1) * _DAY)
