"""A reading of another day read again today: "last week" moves on, dates that somebody named stay."""

from __future__ import annotations

from datetime import date
from typing import Final

from app.assistant import dates
from app.assistant.dates.calendar import whole_months
from app.assistant.reading import Choice, Period, Reading

CUSTOM: Final = "custom"


def renewed(reading: Reading, as_of: date, begins: date | None = None) -> Reading:
    """The reading with its relative periods as they are on the as-of day, that of a comparison and choices too.

    Args:
        reading: How a question was read on some day.
        as_of: The business day that counts as today.
        begins: First business day of the data, for `all_time`.

    Raises:
        ValueError: A period has a name that stands for nothing.
    """
    period = _renewed(reading.period, as_of, begins)
    choices = [Choice(label=item.label, reading=renewed(item.reading, as_of, begins)) for item in reading.choices]
    compared = _compared(reading, period, as_of, begins)
    return reading.model_copy(update={"period": period, "compare_with": compared, "choices": tuple(choices)})


def _renewed(period: Period | None, as_of: date, begins: date | None) -> Period | None:
    if period is None or period.name == CUSTOM:
        return period
    return dates.named(period.name, as_of, begins=begins)


def _compared(reading: Reading, period: Period | None, as_of: date, begins: date | None) -> Period | None:
    """The other period of a comparison: by its name, else as far from the first one as it was.

    A month or a year that is no usual other side was named by somebody ("with November 2025"), and stays.
    """
    then, other = reading.period, reading.compare_with
    if other is None or other.name != CUSTOM:
        return _renewed(other, as_of, begins)
    if then is None or period is None or then.name == CUSTOM:
        return other
    for rule in (dates.previous, dates.year_before):
        usual = rule(then)
        if (usual.first, usual.last) == (other.first, other.last):
            return rule(period)
    if whole_months((other.first, other.last)):
        return other
    moved = period.first - then.first
    return Period(first=other.first + moved, last=other.last + moved)
