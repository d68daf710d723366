"""Cutting a question into pieces: what the language and the calendar know first, then names, then misspelt words."""

from __future__ import annotations

from collections.abc import Sequence

from app.assistant.dates import PeriodSpan
from app.assistant.local import things
from app.assistant.local.lexicon import HARMLESS, Lexicon, Tags, folded
from app.assistant.local.pieces import NUMBER, PERIOD, WEIGHT, Candidate, Piece, text_of
from app.assistant.question import Question
from metrics.values import ValueIndex


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
    numbered = things.numbered(question, [_is_store(word, lexicon) for word in words], values)
    named = [*things.named(question, words, taken, values), *numbered]
    missing = _covered([*known, *dated, *named], len(words))
    mended = _mended(question, words, missing, lexicon)
    return _best(words, [*known, *dated, *named, *mended])


def _is_store(word: str, lexicon: Lexicon) -> bool:
    return any("dimension:store" in tags for tags in lexicon.meanings((_bare(word, lexicon),)))


def _phrases(question: Question, words: list[str], lexicon: Lexicon) -> list[Candidate]:
    looked_up = [_bare(word, lexicon) for word in words]
    return [
        Candidate(_piece(question, first, last, meanings), _weight(last - first, meanings))
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
    text = text_of(question, first, last)
    kept = tuple(tuple(NUMBER if tag.startswith("number:") else tag for tag in tags) for tags in meanings)
    return Piece(first, last, text, kept, number=number, corrected=corrected)


def _weight(count: int, meanings: tuple[Tags, ...]) -> float:
    return WEIGHT * count - (3.0 if meanings == ((HARMLESS,),) else 2.0)


def _numeral(question: Question, position: int) -> Candidate:
    text = question.words[position].text
    number = _number(text)
    meanings: tuple[Tags, ...] = () if number is None else ((NUMBER,),)
    piece = Piece(position, position + 1, text, meanings, number=number)
    return Candidate(piece, 0.5 if number is None else WEIGHT - 4.0)


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


def _dated(question: Question, span: PeriodSpan) -> Candidate:
    text = text_of(question, span.first, span.last)
    piece = Piece(span.first, span.last, text, ((PERIOD,),), period=span)
    return Candidate(piece, WEIGHT * (span.last - span.first) - (5.5 if span.is_corrected else 1.0))


def _covered(candidates: Sequence[Candidate], count: int) -> list[bool]:
    covered = [False] * count
    for item in candidates:
        if not item.piece.is_unknown:
            covered[item.piece.first : item.piece.last] = [True] * (item.piece.last - item.piece.first)
    return covered


def _mended(question: Question, words: list[str], known: list[bool], lexicon: Lexicon) -> list[Candidate]:
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
                found.append(Candidate(_piece(question, first, last, meanings, read_as), weight))
    return found


def _best(words: list[str], candidates: list[Candidate]) -> tuple[Piece, ...]:
    """The pieces of most weight that lie side by side over all words."""
    ending: list[list[Candidate]] = [[] for _ in range(len(words) + 1)]
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


def _with_names(piece: Piece, candidates: list[Candidate]) -> Piece:
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
