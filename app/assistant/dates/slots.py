"""What a slot of a pattern accepts at a place in the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from app.assistant.dates.words import Token, Vocabulary

Filled = tuple[Any, int]
"""A value, and how many tokens it takes."""

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMERIC: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_SHORT: Final = re.compile(r"(\d{1,2})([/.])(\d{1,2})")
_MONTH_FIRST: Final = re.compile(r"(\d{1,2})[/.](\d{4})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/](\d{1,2})")
_DAYS: Final = re.compile(r"(\d{1,2})-(\d{1,2})")
_SUFFIXED: Final = re.compile(r"(\d{1,2})(st|nd|rd|th)")


def fill(slot: str, tokens: Sequence[Token], position: int, words: Vocabulary) -> Iterator[Filled]:
    """Everything that a slot can hold at a place."""
    kind = slot.rstrip("0123456789")
    if kind == "dash":
        if position < len(tokens) and tokens[position].follows_dash:
            yield None, 0
        return
    yield from _words(kind, tokens, position, words)
    if position < len(tokens) and kind in _READERS:
        found = _READERS[kind](tokens[position].text, words)
        if found is not None:
            yield found, 1


def _words(kind: str, tokens: Sequence[Token], position: int, words: Vocabulary) -> Iterator[Filled]:
    if position >= len(tokens):
        return
    first = {tokens[position].text, tokens[position].meant}
    for phrase, number in words.numbers.get("nth" if kind == "day" else kind, {}).items():
        if phrase[0] not in first:
            continue
        here = tokens[position : position + len(phrase)]
        is_here = len(here) == len(phrase) and all(w in {t.text, t.meant} for t, w in zip(here, phrase, strict=True))
        if is_here and (kind != "day" or number > 0):
            yield number, len(phrase)


def _number(low: int, high: int, digits: int = 0) -> Callable[[str, Vocabulary], int | None]:
    def read(text: str, _: Vocabulary) -> int | None:
        is_number = text.isascii() and text.isdigit() and len(text) in ({digits} if digits else {1, 2, 3, 4})
        return int(text) if is_number and low <= int(text) <= high else None

    return read


def _suffixed(text: str, words: Vocabulary) -> int | None:
    found = _SUFFIXED.fullmatch(text)
    if found is None:
        return _number(1, 31)(text, words) if "" in words.sets["suffixes"] else None
    return int(found[1])


def _day(text: str, words: Vocabulary) -> int | None:
    found = _suffixed(text, words)
    return _number(1, 39)(text, words) if found is None else found


def _dates(text: str, words: Vocabulary) -> tuple[date, ...] | None:
    """The dates that a numeric one may mean; empty where no calendar has it."""
    if found := _ISO.fullmatch(text):
        return _existing([(int(found[1]), int(found[2]), int(found[3]))])
    if not (found := _NUMERIC.fullmatch(text)):
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    orders = (True,) if found[2] == "." else words.day_first
    year = year + 2000 if year < 100 else year
    return _existing([(year, second, first) if is_day_first else (year, first, second) for is_day_first in orders])


def _existing(dates: list[tuple[int, int, int]]) -> tuple[date, ...]:
    found = []
    for year, month, day in dates:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def _short_date(text: str, words: Vocabulary) -> tuple[tuple[int, int], ...] | None:
    """Months and days that a date without its year may mean."""
    if not (found := _SHORT.fullmatch(text)):
        return None
    first, second = int(found[1]), int(found[3])
    orders = (True,) if found[2] == "." else words.day_first
    pairs = [(second, first) if is_day_first else (first, second) for is_day_first in orders]
    # A leap year, so that 29 February passes.
    return tuple(dict.fromkeys((month, day) for month, day in pairs if _existing([(2024, month, day)]))) or None


def _month_number(text: str, _: Vocabulary) -> tuple[int, int] | None:
    if found := _MONTH_FIRST.fullmatch(text):
        year, month = int(found[2]), int(found[1])
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month = int(found[1]), int(found[2])
    else:
        return None
    return (year, month) if 1990 <= year <= 2100 and 1 <= month <= 12 else None


def _days(text: str, _: Vocabulary) -> tuple[int, int] | None:
    found = _DAYS.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


_READERS: Final[Mapping[str, Callable[[str, Vocabulary], Any]]] = {
    "n": _number(1, 9999),
    "day": _day,
    "suffixed": _suffixed,
    "nth": _suffixed,
    "year": _number(1990, 2100, 4),
    "digits": _number(1990, 2100, 4),
    "week": _number(1, 99),
    "quarter": _number(1, 9),
    "half": _number(1, 2),
    "date": _dates,
    "shortdate": _short_date,
    "monthnumber": _month_number,
    "days": _days,
}
