"""What every planner is: a question and what came before it in, one reading out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from app.assistant.books import Books
from app.assistant.question import Question
from app.assistant.reading import Reading


@dataclass(frozen=True, slots=True)
class Planned:
    """How a planner read a question.

    Attributes:
        reading: The reading; `clarify` or `refuse` where it is not sure.
        language: Language of the question, such as `en`.
        planner: `local`, `model` or `verified`.
        notes: Plain sentences on how it went, such as an endpoint that did not answer.
        sent: What was sent to an endpoint, word for word; empty for the local planner.
    """

    reading: Reading
    language: str
    planner: str
    notes: tuple[str, ...] = field(default=())
    sent: str = ""


class Planner(Protocol):
    """Reads questions. It may look at names (metrics, dimensions, values), never at numbers."""

    def plan(self, question: Question, books: Books, previous: Reading | None, language: str | None) -> Planned:
        """Read a question.

        Args:
            question: The question.
            books: Names that there are for this person, and which day is today.
            previous: How the question before it was read, for "and last month?"; none for the first.
            language: Language of the conversation so far; none for the first question.
        """
        ...
