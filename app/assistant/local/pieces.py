"""A question cut into pieces: phrases of the lexicon, periods, names of things, numbers, and unknown words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.assistant.dates import PeriodSpan
from app.assistant.local.lexicon import HARMLESS, Lexicon, Tags, folded
from app.assistant.question import Question
from metrics.values import ValueIndex, ValueSpan

PERIOD: Final = "period"
VALUE: Final = "value"
NUMBER: Final = "number"

_WEIGHT: Final = 10.0


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
class _Candidate:
    piece: Piece
    weight: float


def cut(question: Question, lexicon: Lexicon, periods: Sequence[PeriodSpan], values: ValueIndex) -> tuple[Piece, ...]:
    """The best cut of a question: as many words known as can be, in as few pieces as can be.

    What the language and the calendar know goes before names of things: whatever a product is called, it cannot take
    the words of a question away. A name wins where it holds a word that is known by nothing else.
    """
    words = [word.text for word in question.words]
    worded = _phrases(question, words, lexicon)
    known = [*worded, *(_numeral(question, at) for at, word in enumerate(words) if word[0].isdigit())]
    dated = [_dated(question, span) for span in periods]
    taken = [
        covered and len(word) > 1 for covered, word in zip(_covered([*worded, *dated], len(words)), words, strict=True)
    ]
    named = _named(question, words, taken, values)
    missing = _covered([*known, *dated, *named], len(words))
    mended = _mended(question, words, missing, lexicon)
    return _best(words, [*known, *dated, *named, *mended])


def _phrases(question: Question, words: list[str], lexicon: Lexicon) -> list[_Candidate]:
    looked_up = [_bare(word, lexicon) for word in words]
    return [
        _Candidate(_piece(question, first, last, meanings), _weight(last - first, meanings))
        for first in range(len(words))
        for last in range(first + 1, min(len(words), first + lexicon.longest) + 1)
        if (meanings := lexicon.meanings(tuple(looked_up[first:last])))
    ]


def _bare(word: str, lexicon: Lexicon) -> str:
    """A word as the lexicon has it, without a possessive ending where only that hides it."""
    plain = folded(word)
    if plain in lexicon.vocabulary or "'" not in plain:
        return plain
    stem = plain.partition("'")[0]
    return stem if stem in lexicon.vocabulary else plain


def _piece(question: Question, first: int, last: int, meanings: tuple[Tags, ...], corrected: str = "") -> Piece:
    number = next((float(tag.split(":")[1]) for tags in meanings for tag in tags if tag.startswith("number:")), None)
    text = question.text[question.words[first].start : question.words[last - 1].end]
    kept = tuple(tuple(NUMBER if tag.startswith("number:") else tag for tag in tags) for tags in meanings)
    return Piece(first, last, text, kept, number=number, corrected=corrected)


def _weight(count: int, meanings: tuple[Tags, ...]) -> float:
    return _WEIGHT * count - (3.0 if meanings == ((HARMLESS,),) else 2.0)


def _numeral(question: Question, position: int) -> _Candidate:
    text = question.words[position].text
    number = _number(text)
    meanings: tuple[Tags, ...] = () if number is None else ((NUMBER,),)
    piece = Piece(position, position + 1, text, meanings, number=number)
    return _Candidate(piece, 0.5 if number is None else _WEIGHT - 4.0)


def _number(text: str) -> float | None:
    """A number as people write it: thousands with commas, points or apostrophes are left to three digits."""
    plain = text.replace(",", "") if _has_thousands(text, ",") else text.replace(",", ".")
    if _has_thousands(plain, "."):
        plain = plain.replace(".", "")
    try:
        return float(plain)
    except ValueError:
        return None


def _has_thousands(text: str, mark: str) -> bool:
    head, *groups = text.split(mark)
    return bool(groups) and len(head) <= 3 and all(len(group) == 3 for group in groups)


def _dated(question: Question, span: PeriodSpan) -> _Candidate:
    text = question.text[question.words[span.first].start : question.words[span.last - 1].end]
    piece = Piece(span.first, span.last, text, ((PERIOD,),), period=span)
    return _Candidate(piece, _WEIGHT * (span.last - span.first) - (5.5 if span.is_corrected else 1.0))


def _covered(candidates: Sequence[_Candidate], count: int) -> list[bool]:
    covered = [False] * count
    for item in candidates:
        if not item.piece.is_unknown:
            covered[item.piece.first : item.piece.last] = [True] * (item.piece.last - item.piece.first)
    return covered


def _named(question: Question, words: list[str], taken: list[bool], values: ValueIndex) -> list[_Candidate]:
    """Names of things. One made up of words that are known otherwise is set aside, and what it hid is looked for."""
    found: list[_Candidate] = []
    for span in values.find(words):
        if (parts := _parts(span, words, taken, values)) is not None:
            found += [_value(question, part, taken) for part in parts]
        elif not all(taken[span.first : span.last]) or _is_plain_name(span):
            found.append(_value(question, span, taken))
            continue
        found += [_value(question, inner, taken) for inner in _inside(span, words, values)]
    return found


def _parts(span: ValueSpan, words: list[str], taken: list[bool], values: ValueIndex) -> list[ValueSpan] | None:
    """The names in those words of a less than exact match that nothing else knows.

    "coffee and tea" is a list, and "milk last week" says when, whatever product has these words in its name. None for
    an exact name, and for one of words that are all its own.
    """
    if span.matches[0].how == "exact" or not any(taken[span.first : span.last]):
        return None
    found = []
    for is_taken, run in itertools.groupby(range(span.first, span.last), key=lambda at: taken[at]):
        places = list(run)
        is_number = all(words[at][0].isdigit() for at in places)
        inner = [] if is_taken or is_number else values.find([words[at] for at in places])
        found += [replace(part, first=places[0] + part.first, last=places[0] + part.last) for part in inner]
    return found


def _is_plain_name(span: ValueSpan) -> bool:
    """Whether a name of one word is beside a known word for something to choose from, and no more than that."""
    return span.last - span.first == 1 and span.matches[0].how == "exact"


def _inside(span: ValueSpan, words: list[str], values: ValueIndex) -> list[ValueSpan]:
    return [
        ValueSpan(position, position + 1, inner.matches, inner.total)
        for position in range(span.first, span.last)
        if span.last - span.first > 1
        for inner in values.find([words[position]])
        if inner.matches[0].how == "exact"
    ]


def _value(question: Question, span: ValueSpan, taken: list[bool]) -> _Candidate:
    text = question.text[question.words[span.first].start : question.words[span.last - 1].end]
    how = span.matches[0].how
    is_new = not all(taken[span.first : span.last])
    cost = {"exact": 2.5, "alias": 3.5, "typo": 6.0}[how] if is_new else 6.5
    is_near = how == "typo" or (how == "alias" and span.matches[0].dimension == "product")
    piece = Piece(
        span.first, span.last, text, ((VALUE,),), value=span, corrected=span.matches[0].value if is_near else ""
    )
    return _Candidate(piece, _WEIGHT * (span.last - span.first) - cost)


def _mended(question: Question, words: list[str], known: list[bool], lexicon: Lexicon) -> list[_Candidate]:
    """Phrases of the lexicon with a misspelt word in them."""
    mended = [folded(word) for word in words]
    changed = [False] * len(words)
    for position, word in enumerate(words):
        if not known[position] and (nearest := lexicon.corrected(folded(word))):
            mended[position], changed[position] = nearest, True
    if not any(changed):
        return []
    found = []
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + lexicon.longest) + 1):
            mistakes = sum(changed[first:last])
            meanings = lexicon.meanings(tuple(mended[first:last])) if mistakes else ()
            if meanings:
                read_as = " ".join(mended[first:last])
                weight = _weight(last - first, meanings) - 3.0 * mistakes
                found.append(_Candidate(_piece(question, first, last, meanings, read_as), weight))
    return found


def _best(words: list[str], candidates: list[_Candidate]) -> tuple[Piece, ...]:
    """The pieces of most weight that lie side by side over all words."""
    ending: list[list[_Candidate]] = [[] for _ in range(len(words) + 1)]
    for item in candidates:
        ending[item.piece.last].append(item)
    weights = [0.0]
    chosen: list[Piece] = []
    for last in range(1, len(words) + 1):
        unknown = Piece(last - 1, last, words[last - 1])
        options = [(weights[last - 1], unknown), *((weights[i.piece.first] + i.weight, i.piece) for i in ending[last])]
        weight, piece = max(options, key=lambda option: option[0])
        weights.append(weight)
        chosen.append(piece)
    pieces: list[Piece] = []
    position = len(words)
    while position:
        piece = chosen[position - 1]
        pieces.append(_with_names(piece, candidates))
        position = piece.first
    return tuple(reversed(pieces))


def _with_names(piece: Piece, candidates: list[_Candidate]) -> Piece:
    """The piece with the other things that the very same words may stand for."""
    if piece.is_unknown:
        return piece
    same = [i.piece for i in candidates if (i.piece.first, i.piece.last) == (piece.first, piece.last)]
    if len(same) < 2:
        return piece
    meanings = tuple(dict.fromkeys((*piece.meanings, *(tags for other in same for tags in other.meanings))))
    return Piece(
        piece.first,
        piece.last,
        piece.text,
        meanings,
        piece.period or next((other.period for other in same if other.period), None),
        piece.value or next((other.value for other in same if other.value), None),
        piece.number if piece.number is not None else next((o.number for o in same if o.number is not None), None),
        piece.corrected,
    )
