"""Finding what a question says of time."""

from __future__ import annotations

from datetime import date

from app.assistant.dates.span import PeriodSpan
from app.assistant.question import Question


def find(
    question: Question, as_of: date, is_day_over: bool, language: str, begins: date | None = None
) -> tuple[PeriodSpan, ...]:
    """Everything a question says of time: the longest spans, none overlapping, in order.

    Args:
        question: The question.
        as_of: The business day that counts as today.
        is_day_over: Whether that day is over; where it is not, periods that end with it are partial.
        language: Whose words are read, such as `en`.
        begins: First business day of the data, for "all time".
    """
    return ()
