"""The stretches of days that chances of running out are published for, and which of them answers a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.assistant.books import Books
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from retail.errors import UnusableRequest

_STRETCHES: Final = {7: "risk_7_days", 14: "risk_14_days", 28: "risk_28_days"}
_DEFAULT_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Stretch:
    """The published stretch that a question is answered for.

    Attributes:
        days: Its days, today included.
        column: Its column of the published table.
        ends: Its last day.
        is_asked: Whether it is what was asked for, and not the nearest there is.
    """

    days: int
    column: str
    ends: date
    is_asked: bool


def stretch_of(reading: Reading, books: Books, speech: Speech) -> Stretch:
    """The nearest published stretch that covers the days asked for.

    Raises:
        UnusableRequest: They are over.
    """
    asked = _DEFAULT_DAYS
    if reading.period is not None:
        last = reading.period.ends or reading.period.last
        if last < books.today:
            raise UnusableRequest(speech.say("stockout.past", period=speech.period(reading.period)))
        asked = max(1, (last - books.today).days)
    days = next((known for known in _STRETCHES if known >= asked), max(_STRETCHES))
    return Stretch(days, _STRETCHES[days], books.today + timedelta(days=days - 1), days == asked)
