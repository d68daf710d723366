"""Until which day it is told what may run out, and whether by published chances or by published dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.assistant.books import Books
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from retail.errors import UnusableRequest

_STRETCHES: Final = {7: "risk_7_days", 14: "risk_14_days", 28: "risk_28_days"}
_DEFAULT_DAYS: Final = 14
_CURRENT_DAYS: Final = 7
"""So many days after the figures end the plan still counts from the day on which it was made."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days that a question is answered for.

    Attributes:
        days: How many, the first one included that the plan counts from.
        ends: The last one.
        column: The published chance of being out at their end; none where the published dates answer.
        is_asked: Whether they reach as far as was asked.
    """

    days: int
    ends: date
    column: str | None
    is_asked: bool = True


def stretch_of(reading: Reading, books: Books, speech: Speech) -> Stretch:
    """The published stretch where 7, 14 or 28 days are asked for, else every day until the last one asked for.

    Raises:
        UnusableRequest: They are over.
    """
    begins = planned_from(books)
    if reading.period is None:
        return _published(_DEFAULT_DAYS, begins)
    last = reading.period.ends or reading.period.last
    if last < books.today:
        raise UnusableRequest(speech.say("stockout.past", period=speech.period(reading.period)))
    ahead, most = (last - books.today).days, max(_STRETCHES)
    if ahead in _STRETCHES:
        return _published(ahead, begins)
    if last > begins + timedelta(days=most - 1):
        return _published(most, begins, is_asked=False)
    ends = max(last, begins)
    return Stretch((ends - begins).days + 1, ends, None)


def planned_from(books: Books) -> date:
    """The day that the plan counts as its first: the day it was made on, where the figures end shortly before it.

    A demo stands still. The rule is that of `forecasting.replenishment.inputs`.
    """
    described = books.workspace.describe()
    made = books.metrics.serving.run.published_at.astimezone(ZoneInfo(described.default_time_zone)).date()
    is_current = books.today < made <= books.today + timedelta(days=_CURRENT_DAYS)
    return made if is_current and described.as_of_at is None else books.today


def _published(days: int, begins: date, *, is_asked: bool = True) -> Stretch:
    return Stretch(days, begins + timedelta(days=days - 1), _STRETCHES[days], is_asked)
