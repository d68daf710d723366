"""Pieces of a question: phrases of the lexicon, periods, names of things, numbers, and unknown words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.assistant.dates import PeriodSpan
from app.assistant.local.lexicon import HARMLESS, Tags
from app.assistant.question import Question
from metrics.values import ValueSpan

PERIOD: Final = "period"
VALUE: Final = "value"
NUMBER: Final = "number"

WEIGHT: Final = 10.0
"""What a word that is known weighs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a question that stand for something together.

    Attributes:
        first: Index of the first word.
        last: One past the last word.
        text: The words as they were written.
        meanings: What they may stand for; each is a set of tags that all have to be used. Empty for unknown words.
        period: The period, where they name one.
        value: The things they may name, where they name one.
        number: The number they are, if they are one.
        corrected: What was read in place of misspelt words; empty where nothing was.
    """

    first: int
    last: int
    text: str
    meanings: tuple[Tags, ...] = ()
    period: PeriodSpan | None = None
    value: ValueSpan | None = None
    number: float | None = None
    corrected: str = ""

    def has(self, tag: str) -> bool:
        """Whether they may stand for a tag."""
        return any(tag in tags for tags in self.meanings)

    def named(self, prefix: str) -> str | None:
        """The rest of the first tag that begins like this: `named("metric:")`."""
        found = (tag for tags in self.meanings for tag in tags if tag.startswith(prefix))
        tag = next(found, None)
        return None if tag is None else tag.removeprefix(prefix)

    @property
    def is_harmless(self) -> bool:
        """Whether they may be left out without changing the question."""
        return any(HARMLESS in tags for tags in self.meanings)

    @property
    def is_unknown(self) -> bool:
        """Whether they stand for nothing known."""
        return not self.meanings


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece that words may be, and how much speaks for it."""

    piece: Piece
    weight: float


def text_of(question: Question, first: int, last: int) -> str:
    """Words of a question as they were written."""
    return question.text[question.words[first].start : question.words[last - 1].end]
