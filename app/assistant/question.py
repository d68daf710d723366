"""A question as it is read: cleaned, cut into words, and never longer than it may be."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from retail.errors import UnusableRequest

LONGEST: Final = 500
"""Longest question, in characters after cleaning."""

_WORD: Final = re.compile(r"\d+(?:[.,:/-]\d+)*(?:st|nd|rd|th)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\W_]+|[%<>=&$€£+?!]")
_QUOTES: Final = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word, number or sign.

    Attributes:
        text: In small letters (casefolded).
        start: Where it begins in `Question.text`.
        end: Where it ends there.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its words.

    Attributes:
        asked: As it was written, cut to what may be shown.
        text: Cleaned: NFKC, one line, plain quotes and hyphens, only printable characters.
        words: Its words in order. Punctuation other than `% < > = & $ + ? !` separates words and is none.
    """

    asked: str
    text: str
    words: tuple[Word, ...]


def one_line(asked: str) -> str:
    """A question as it may be shown again and kept: on one line, printable, at most `LONGEST` characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in asked[: 20 * LONGEST]).split())[:LONGEST]


def read(asked: str) -> Question:
    """Clean a question and cut it into words.

    Raises:
        UnusableRequest: It is empty, or longer than `LONGEST`.
    """
    if len(asked) > 20 * LONGEST:
        raise UnusableRequest(f"A question may have {LONGEST} characters; this one has {len(asked):,}.")
    folded = unicodedata.normalize("NFKC", asked).translate(_QUOTES)
    text = " ".join("".join(c if c.isprintable() else " " for c in folded).split())
    if not text:
        raise UnusableRequest("The question is empty. Ask for instance: What sold best this week?")
    if len(text) > LONGEST:
        raise UnusableRequest(f"A question may have {LONGEST} characters; this one has {len(text):,}.")
    words = tuple(Word(match.group().casefold(), match.start(), match.end()) for match in _WORD.finditer(text))
    return Question(asked[:LONGEST], text, words)
