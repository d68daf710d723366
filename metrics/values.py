"""The names that questions may hold: stores, products, brands, suppliers and the like, found in a person's words.

Names are other people's text. They are cut into words and compared, and never read as anything else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import fuzz, process

from metrics.spelling import MOST_PIECES, Speller, is_telling, pieces, stem

How = Literal["exact", "alias", "typo"]

MOST_MATCHES: Final = 6

_MOST_RUNS: Final = 6
"""Ways to put a run of misspelt words right that are followed."""
_NEAR: Final = 60.0

_ORDER: Final = ("store", "department", "category", "brand", "supplier", "product", "promotion")
"""Which dimension goes first where words fit several equally well."""


@dataclass(frozen=True, slots=True)
class Named:
    """A value with the names that it goes by.

    Attributes:
        dimension: Catalogue name of the dimension.
        value: The value, spelt as a filter needs it.
        names: Other names, such as a product's name without the SKU that makes its label unique.
        codes: Codes and numbers: they are matched in full only.
    """

    dimension: str
    value: str
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueMatch:
    """A value that words may mean.

    Attributes:
        dimension: Catalogue name of the dimension.
        value: The value, spelt as a filter needs it.
        how: `exact`: its name; `alias`: its code, SKU, barcode, plural, or part of its name; `typo`: its name misspelt.
        score: How sure, 0 to 1.
    """

    dimension: str
    value: str
    how: How
    score: float


@dataclass(frozen=True, slots=True)
class ValueSpan:
    """Words that name something.

    Attributes:
        first: Index of the first word.
        last: One past the last word.
        matches: What they may mean, the surest first and the best of each dimension among them; at most six.
        total: How many things they may mean.
    """

    first: int
    last: int
    matches: tuple[ValueMatch, ...]
    total: int


class ValueIndex:
    """Every name that one person may see in one published run. It never changes, so threads may share it."""

    def __init__(self, values: Iterable[Named] = ()) -> None:
        self._values: list[Named] = []
        self._pieces: list[tuple[str, ...]] = []
        self._whole: dict[tuple[str, ...], dict[int, tuple[How, float]]] = {}
        self._holding: defaultdict[str, set[int]] = defaultdict(set)
        for value in values:
            self._add(value)
        self._speller = Speller(self._holding)

    def __len__(self) -> int:
        return len(self._values)

    def holds(self, dimension: str, value: str) -> bool:
        """Whether the dimension has this value, letter for letter."""
        return any(named.value == value and named.dimension == dimension for named in self._values)

    def of(self, dimension: str) -> tuple[str, ...]:
        """Every value of a dimension, in order."""
        return tuple(sorted(value.value for value in self._values if value.dimension == dimension))

    def find(self, words: Sequence[str], plain: Container[str] = ()) -> tuple[ValueSpan, ...]:
        """Names among words, the longest first taken at each place, none overlapping, in order.

        Args:
            words: Words of a question.
            plain: Words of the language. They are not taken for misspelt names, and part of a name neither begins nor
                ends with one; a whole name may.
        """
        question = [_Word(pieces(word), word.casefold() in plain) for word in words]
        spans, start = [], 0
        while start < len(question):
            found = self._longest(question, start)
            if found is None:
                start += 1
            else:
                spans.append(found)
                start = found.last
        return tuple(spans)

    def nearest(self, text: str, dimension: str | None = None, limit: int = 4) -> tuple[ValueMatch, ...]:
        """Values that look like a text, the nearest first."""
        wanted = " ".join(pieces(text))
        numbers = [n for n, value in enumerate(self._values) if dimension in {None, value.dimension}]
        near = process.extract(
            wanted, {n: " ".join(self._pieces[n]) for n in numbers}, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit
        )
        holding = self._matches(self._holding_all([stem(piece) for piece in wanted.split()]), wanted.split(), "alias")
        similar = [_match(self._values[n], "typo", score / 100) for _, score, n in near]
        wide = [match for match in holding if dimension in {None, match.dimension}]
        found = {(match.dimension, match.value): match for match in (*wide, *similar)}
        return tuple(sorted(found.values(), key=_rank)[:limit])

    def numbered(self, dimension: str, number: int) -> ValueMatch | None:
        """The one value of a dimension whose code holds this number and no other: "store 3" where a code is S3."""
        of_dimension = [value for value in self._values if value.dimension == dimension]
        found = [
            v for v in of_dimension if any(re.findall(r"\d+", c) in ([str(number)], [f"0{number}"]) for c in v.codes)
        ]
        return _match(found[0], "alias", 0.95) if len(found) == 1 else None

    def _add(self, value: Named) -> None:
        number, name = len(self._values), pieces(value.value)
        self._values.append(value)
        self._pieces.append(name)
        stems = self._add_name(name, number, "exact", 1.0)
        for other in value.names:
            if other != value.value:
                stems |= self._add_name(pieces(other), number, "alias", 0.98)
        for code in value.codes:
            self._add_whole(pieces(code), number, "alias", 0.95)
        for piece in stems:
            self._holding[piece].add(number)

    def _add_name(self, name: tuple[str, ...], number: int, how: How, score: float) -> set[str]:
        """Note a name in full, as it is and without its plural endings; these stems."""
        stems = tuple([stem(piece) for piece in name])
        self._add_whole(name, number, how, score)
        if stems != name:
            self._add_whole(stems, number, "alias", score - 0.03)
        return set(stems)

    def _add_whole(self, key: tuple[str, ...], number: int, how: How, score: float) -> None:
        if is_telling(key):
            self._whole.setdefault(key, {}).setdefault(number, (how, score))

    def _longest(self, question: Sequence[_Word], start: int) -> ValueSpan | None:
        if not question[start].pieces:
            return None
        parts = self._run(question, start)
        for last in range(min(start + MOST_PIECES, len(question)), start, -1):
            if not question[last - 1].pieces:
                continue
            here = [piece for word in question[start:last] for piece in word.pieces]
            if matches := self._whole_matches(here):
                return _span(start, last, matches)
            if (part := parts.get(last)) and not (question[start].is_plain or question[last - 1].is_plain):
                return _span(start, last, part)
        return None

    def _whole_matches(self, here: Sequence[str]) -> list[ValueMatch]:
        if found := self._whole.get(tuple(here)):
            return [_match(self._values[number], how, score) for number, (how, score) in found.items()]
        plural = self._whole.get(tuple(stem(piece) for piece in here), {})
        return [_match(self._values[number], "alias", score - 0.03) for number, (_, score) in plural.items()]

    def _run(self, question: Sequence[_Word], start: int) -> dict[int, list[ValueMatch]]:
        """What part of a name the words from `start` on may be, by where they end."""
        found: dict[int, list[ValueMatch]] = {}
        runs: list[tuple[list[str], bool]] = [([], False)]
        for last in range(start + 1, min(start + MOST_PIECES, len(question)) + 1):
            runs = [
                ([*run, *known], is_misspelt or changed)
                for run, is_misspelt in runs
                for known, changed in self._known(question[last - 1])
                if self._holding_all([*run, *known])
            ][:_MOST_RUNS]
            if not runs:
                break
            telling = [item for item in runs if any(len(piece) > 2 and piece.isalpha() for piece in item[0])]
            if matches := [match for run, is_misspelt in telling for match in self._of_run(run, is_misspelt)]:
                found[last] = matches
        return found

    def _of_run(self, run: Sequence[str], is_misspelt: bool) -> list[ValueMatch]:
        """Values that a run of stems names in full when put right, or else those whose names hold it."""
        how: How = "typo" if is_misspelt else "alias"
        whole = self._whole.get(tuple(run), ())
        if is_misspelt and whole:
            return [_match(self._values[number], how, 0.9) for number in whole]
        return self._matches(self._holding_all(run), run, how)

    def _known(self, word: _Word) -> Iterator[tuple[list[str], bool]]:
        """The pieces of names that a word may stand for, and whether it had to be put right."""
        stems = [stem(piece) for piece in word.pieces]
        if all(piece in self._holding for piece in stems):
            yield stems, False
        elif len(stems) == 1 and not word.is_plain:
            yield from (([piece], True) for piece in self._speller.corrected(word.pieces[0]))

    def _holding_all(self, stems: Sequence[str]) -> set[int]:
        """Values whose names hold all of these."""
        sets = sorted((self._holding.get(piece, set()) for piece in stems), key=len)
        return set.intersection(*sets) if sets else set()

    def _matches(self, numbers: Iterable[int], said: Sequence[str], how: How) -> list[ValueMatch]:
        """Values with how much of their name was said."""
        length, sure = sum(map(len, said)), 0.85 if how == "typo" else 1.0
        found = []
        for number in numbers:
            share = min(1.0, length / max(1, sum(map(len, self._pieces[number]))))
            found.append(_match(self._values[number], how, round(sure * (0.5 + 0.4 * share), 3)))
        return found


@dataclass(frozen=True, slots=True)
class _Word:
    pieces: tuple[str, ...]
    is_plain: bool


def _match(value: Named, how: How, score: float) -> ValueMatch:
    return ValueMatch(value.dimension, value.value, how, score)


def _rank(match: ValueMatch) -> tuple[float, int, str]:
    order = _ORDER.index(match.dimension) if match.dimension in _ORDER else len(_ORDER)
    return -match.score, order, match.value


def _span(first: int, last: int, matches: Iterable[ValueMatch]) -> ValueSpan:
    """A span with its surest matches, and the best one of each dimension among them."""
    ranked = sorted({(m.dimension, m.value): m for m in sorted(matches, key=_rank, reverse=True)}.values(), key=_rank)
    best = {match.dimension: match for match in reversed(ranked)}.values()
    shown = [*best, *(match for match in ranked if match not in best)][:MOST_MATCHES]
    return ValueSpan(first, last, tuple(sorted(shown, key=_rank)), len(ranked))
