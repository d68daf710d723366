"""The words that a language has for time, from its `dates.yaml`, and a question's words as the patterns know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rapidfuzz.distance import OSA

from app.assistant import languages
from app.assistant.dates.patterns import State, compile_patterns, words_of
from app.assistant.question import Question

_SHORTEST_MISSPELT: Final = 4
_TWO_SLIPS: Final = 8
"""From this length on, two letters may be wrong."""
_SHORTEST_PART: Final = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A language's words of time.

    Attributes:
        singles: Automaton of periods.
        ranges: Automaton of stretches between periods.
        numbers: By slot, the words that stand for a number in it; phrases as tuples of words.
        known: Every word above.
        sets: Further sets of words by the names that `dates.yaml` gives them.
        folds: Letters that are written in two ways.
        day_first: Orders of day and month that a numeric date may have: whether the day comes first.
    """

    singles: State
    ranges: State
    numbers: Mapping[str, Mapping[tuple[str, ...], int]]
    known: frozenset[str]
    sets: Mapping[str, frozenset[str]]
    folds: Mapping[int, str]
    day_first: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A word as the patterns see it.

    Attributes:
        text: Its text, folded.
        index: Its place among the question's words; two tokens share one where words were typed together.
        meant: What it was probably meant to be, where it looks misspelt.
        follows_dash: Whether only a dash stands between it and the word before.
    """

    text: str
    index: int
    meant: str | None = None
    follows_dash: bool = False


@lru_cache(maxsize=8)
def vocabulary(language: str) -> Vocabulary:
    """A language's words of time, read once."""
    data: Mapping[str, Any] = languages.load(language, "dates")
    folds = str.maketrans(data["folds"])
    numbers = {
        slot: {tuple(str(words).casefold().translate(folds).split()): number for words, number in entries.items()}
        for slot, entries in data["words"].items()
    }
    singles = compile_patterns(_folded(data["singles"], folds), _folded(data["macros"], folds))
    ranges = compile_patterns(_folded(data["ranges"], folds), _folded(data["macros"], folds))
    in_numbers = {word for entries in numbers.values() for phrase in entries for word in phrase}
    names = (
        "weak",
        "beside_weak",
        "counters",
        "counted",
        "each",
        "articles",
        "against",
        "against_loosely",
        "comparing",
        "changing",
        "never",
        "suffixes",
    )
    return Vocabulary(
        singles=singles,
        ranges=ranges,
        numbers=numbers,
        known=frozenset(words_of(singles) | words_of(ranges) | in_numbers),
        sets={name: frozenset(str(word) for word in _folded(data[name], folds)) for name in names},
        folds=folds,
        day_first=tuple(order == "day_first" for order in data["numeric_orders"]),
    )


def tokens_of(question: Question, words: Vocabulary) -> list[Token]:
    """A question's words: folded, cut apart where they were typed together, and put right where they look misspelt."""
    found = []
    for index, word in enumerate(question.words):
        text = _bare(word.text.translate(words.folds), words)
        gap = question.text[question.words[index - 1].end : word.start] if index else ""
        parts = None if text in words.known else _apart(text, words)
        if parts:
            found += [Token(part, index) for part in parts]
        else:
            found.append(Token(text, index, _meant(text, words), gap.strip() == "-"))
    return found


def _bare(text: str, words: Vocabulary) -> str:
    """A word without the ending that makes it the owner of something: "last quarter's"."""
    bare = text.removesuffix("'s")
    return bare if bare in words.known else text


def _apart(text: str, words: Vocabulary) -> tuple[str, str] | None:
    """The two words of time that were typed together, such as `lastweek`; none where it is one word."""
    if text in words.sets["never"]:
        return None
    known = words.known - words.sets["weak"]
    for cut in range(_SHORTEST_PART, len(text) - _SHORTEST_PART + 1):
        if text[:cut] in known and text[cut:] in known:
            return text[:cut], text[cut:]
    return None


def _meant(text: str, words: Vocabulary) -> str | None:
    """The one word of time that a word is nearest to; none where it is one itself, none is near, or two are."""
    if len(text) < _SHORTEST_MISSPELT or text in words.known or text in words.sets["never"] or not text.isalpha():
        return None
    near: dict[int, list[str]] = {}
    for known in words.known:
        slips = 2 if len(known) >= _TWO_SLIPS else 1
        if known[0] != text[0] or len(known) < _SHORTEST_MISSPELT or text in {known + "s", known + "n", known + "e"}:
            continue
        if (distance := OSA.distance(text, known, score_cutoff=slips)) <= slips:
            near.setdefault(distance, []).append(known)
    nearest = near[min(near)] if near else []
    return nearest[0] if len(nearest) == 1 else None


def _folded(data: Any, folds: Mapping[int, str]) -> Any:
    """Data of a language with its letters folded."""
    if isinstance(data, str):
        return data.translate(folds)
    if isinstance(data, Mapping):
        return {key: _folded(value, folds) for key, value in data.items()}
    return [_folded(value, folds) for value in data] if isinstance(data, Iterable) else data
