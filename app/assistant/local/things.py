"""Names of things among the words of a question. Other people's text: it never takes a word that is known otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from app.assistant.local.pieces import VALUE, WEIGHT, Candidate, Piece, text_of
from app.assistant.question import Question
from metrics.values import ValueIndex, ValueMatch, ValueSpan

_STEM: Final = 5
"""Letters of a word that a name has to begin with: enough to tell it, and few enough for its plural."""
_REACH: Final = 4
"""Words after a name that is set aside in which one that it hid is looked for."""


def named(question: Question, words: list[str], taken: list[bool], values: ValueIndex) -> list[Candidate]:
    """Names of things. One made up of words that are known otherwise is set aside, and what it hid is looked for."""
    found: list[Candidate] = []
    for span in _telling(values.find(words), words):
        if (parts := _parts(span, words, taken, values)) is not None:
            found += [_value(question, part, taken) for part in parts]
        elif not all(taken[span.first : span.last]) or _is_plain_name(span):
            found.append(_value(question, span, taken))
            continue
        hidden = [*_inside(span, words, values), *_behind(span, words, values)]
        found += [_value(question, inner, taken) for inner in hidden]
    return found


def numbered(question: Question, are_stores: list[bool], values: ValueIndex) -> list[Candidate]:
    """Stores that are named by the number in their code: "store 3"."""
    found = []
    for at, (word, is_store) in enumerate(zip(question.words[1:], are_stores, strict=False)):
        number = int(word.text) if is_store and word.text.isdigit() and len(word.text) < _STEM else None
        match = None if number is None else values.numbered("store", number)
        if match is not None:
            span = ValueSpan(at, at + 2, (match,), 1)
            text = text_of(question, at, at + 2)
            found.append(Candidate(Piece(at, at + 2, text, ((VALUE,),), value=span), 2 * WEIGHT - 1.5))
    return found


def _telling(spans: Iterable[ValueSpan], words: list[str]) -> Iterator[ValueSpan]:
    """Names without those of firms and promotions that share only a later word: "trading" names no Seasonal Trading."""
    for span in spans:
        if span.last - span.first > 1:
            yield span
            continue
        kept = tuple(m for m in span.matches if not _is_aside(m, words[span.first]))
        if kept:
            yield replace(span, matches=kept, total=span.total - len(span.matches) + len(kept))


def _is_aside(match: ValueMatch, word: str) -> bool:
    is_firm = match.how == "alias" and match.dimension in {"supplier", "brand", "promotion"}
    return is_firm and not match.value.casefold().startswith(word[:_STEM])


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


def _behind(span: ValueSpan, words: list[str], values: ValueIndex) -> list[ValueSpan]:
    """Exact names that begin within a name that is set aside and end after it: "store 367" behind "in store"."""
    first, last = span.first + 1, span.last + _REACH
    found = [replace(s, first=s.first + first, last=s.last + first) for s in values.find(words[first:last])]
    return [s for s in found if s.first < span.last < s.last and s.matches[0].how == "exact"]


def _inside(span: ValueSpan, words: list[str], values: ValueIndex) -> list[ValueSpan]:
    return [
        ValueSpan(position, position + 1, inner.matches, inner.total)
        for position in range(span.first, span.last)
        if span.last - span.first > 1
        for inner in values.find([words[position]])
        if inner.matches[0].how == "exact"
    ]


def _value(question: Question, span: ValueSpan, taken: list[bool]) -> Candidate:
    text = text_of(question, span.first, span.last)
    how = span.matches[0].how
    is_new = not all(taken[span.first : span.last])
    cost = {"exact": 2.5, "alias": 3.5, "typo": 6.0}[how] if is_new else 6.5
    is_near = how == "typo" or (how == "alias" and span.matches[0].dimension == "product")
    piece = Piece(
        span.first, span.last, text, ((VALUE,),), value=span, corrected=span.matches[0].value if is_near else ""
    )
    return Candidate(piece, WEIGHT * (span.last - span.first) - cost)
