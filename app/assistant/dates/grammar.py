"""Finding what a question says of time: the automata of a language walk over its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from app.assistant.dates.calendar import cut
from app.assistant.dates.meanings import mean
from app.assistant.dates.meant import Meant, Today
from app.assistant.dates.patterns import Meaning, State
from app.assistant.dates.points import Point
from app.assistant.dates.ranges import mean_range
from app.assistant.dates.slots import fill
from app.assistant.dates.span import PeriodSpan, Problem, Relative
from app.assistant.dates.words import Token, Vocabulary, tokens_of, vocabulary
from app.assistant.question import Question
from app.assistant.reading import Period

_COMPARED_WITH: Final[dict[str, Relative]] = {
    "last_year": "year_before",
    "last_week": "previous",
    "last_month": "previous",
    "last_quarter": "previous",
}
"""What "vs last year" and the like mean beside another period."""


@dataclass(frozen=True, slots=True)
class _Match:
    """A pattern found in full: the tokens before `end`, what it means, its slots, and whether a word was put right."""

    end: int
    meaning: Meaning
    slots: dict[str, Any]
    is_corrected: bool


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
    words = vocabulary(language)
    finder = _Finder(tokens_of(question, words), words, Today(as_of, begins, as_of), is_day_over)
    found = [_settled(span, is_open, finder.found) for span, is_open in finder.found]
    return tuple(span if _is_relative_to(span, found) else replace(span, relative=None) for span in found)


def _settled(span: PeriodSpan, is_open: bool, found: Sequence[tuple[PeriodSpan, bool]]) -> PeriodSpan:
    """A span among the others: one without a beginning is no second period beside one that it runs into."""
    others = [other.period for other, _ in found if other is not span and other.period is not None]
    if not is_open or span.period is None or not any(other.first <= span.period.last for other in others):
        return span
    return replace(span, period=None, problem=Problem.CLASH)


def _is_relative_to(span: PeriodSpan, found: Sequence[PeriodSpan]) -> bool:
    """Whether "vs last week" may mean as many days of it: beside this week it does, beside a March it does not."""
    others = [other.period for other in found if other is not span and other.period is not None]
    if span.period is None or not others:
        return True
    if span.relative == "previous" and span.period.name in _COMPARED_WITH:
        return any(other.name == span.period.name.replace("last", "this") for other in others)
    return span.period.name != "last_year" or all(other.name == "this_year" or other.days < 365 for other in others)


class _Finder:
    """One question being read."""

    def __init__(self, tokens: Sequence[Token], words: Vocabulary, today: Today, is_day_over: bool) -> None:
        self._tokens = tokens
        self._words = words
        self._today = today
        self._is_day_over = is_day_over
        self._points: dict[int, list[_Match]] = {}
        self.found = tuple(self._spans())

    def _spans(self) -> Iterator[tuple[PeriodSpan, bool]]:
        """The spans in order, the longest at each place, and whether each has no beginning."""
        position = 0
        while position < len(self._tokens):
            found = self._longest(position)
            if found is None:
                position += 1
            else:
                span, is_open, position = found
                yield span, is_open

    def _longest(self, start: int) -> tuple[PeriodSpan, bool, int] | None:
        ranges = [(match, mean_range) for match in self._walk(self._words.ranges, start, {}, False)]
        singles = [(match, mean) for match in self._singles(start)]
        for match, resolve in sorted((*ranges, *singles), key=lambda found: (-found[0].end, found[0].is_corrected)):
            if match.end == start or not self._may_be(start, match):
                continue
            meant = resolve(match.meaning.does, match.slots, self._today)
            if meant is not None and not (match.slots.get("unless_comparing") and self._changes_between(start, meant)):
                return self._span(start, match, meant), meant.is_open, match.end
        return None

    def _singles(self, start: int) -> list[_Match]:
        if start not in self._points:
            self._points[start] = list(self._walk(self._words.singles, start, {}, False))
        return self._points[start]

    def _walk(self, state: State, position: int, slots: dict[str, Any], is_corrected: bool) -> Iterator[_Match]:
        for meaning in state.meanings:
            yield _Match(position, meaning, {**meaning.given, **slots}, is_corrected)
        if position < len(self._tokens):
            token = self._tokens[position]
            for following in state.words.get(token.text, ()):
                yield from self._walk(following, position + 1, slots, is_corrected)
            for following in state.words.get(token.meant, ()) if token.meant else ():
                yield from self._walk(following, position + 1, slots, True)
        for slot, following in state.slots:
            for value, end, corrected in self._fill(slot, position):
                yield from self._walk(following, end, {**slots, slot: value}, is_corrected or corrected)

    def _fill(self, slot: str, position: int) -> Iterator[tuple[Any, int, bool]]:
        if slot.startswith("point"):
            for match in self._singles(position):
                if match.end > position:
                    yield Point(match.meaning.does, match.slots), match.end, match.is_corrected
            return
        for value, taken in fill(slot, self._tokens, position, self._words):
            here = self._tokens[position : position + taken]
            yield value, position + taken, any(t.meant is not None for t in here)

    def _may_be(self, start: int, match: _Match) -> bool:
        """Whether words that fit a pattern are about time here: "may" alone is not, nor is the number of a "top 5"."""
        sets = self._words.sets
        if match.end == start + 1 and self._tokens[start].text in sets["weak"] and not self._stands_as_date(start):
            return False
        if match.slots.get("unless_comparing") and self._has_before(start, sets["comparing"] - sets["changing"]):
            return False
        following = self._tokens[match.end].text if match.end < len(self._tokens) else None
        if following in match.slots.get("not_before", ()):
            return False
        if match.slots.get("stands_alone") and not (following is None or following in sets["beside_weak"]):
            return False
        before = self._tokens[start - 1].text if start else ""
        if before in sets["each"] and match.meaning.does == "weekday":
            return False
        if not self._tokens[start].text.isdigit():
            return True
        after = self._tokens[match.end].text if match.end < len(self._tokens) else ""
        is_alone = match.end == start + 1
        return before not in sets["counters"] and not (is_alone and after in sets["counted"])

    def _stands_as_date(self, start: int) -> bool:
        """Whether a word that is more often something else, such as "may", stands where a date would."""
        sets, following = self._words.sets, start + 1
        is_last = following == len(self._tokens)
        is_joined = start > 0 and self._tokens[start - 1].text in sets["against"] | sets["against_loosely"]
        return is_last or is_joined or self._tokens[following].text in sets["beside_weak"]

    def _changes_between(self, start: int, meant: Meant) -> bool:
        """Whether something is said to change between two periods that are not alike: they are no stretch then."""
        return not meant.parts and self._has_before(start, self._words.sets["changing"])

    def _has_before(self, start: int, words: frozenset[str]) -> bool:
        return any(token.text in words for token in self._tokens[:start])

    def _is_against(self, start: int) -> bool:
        """Whether the words before put what follows beside something else."""
        sets, before = self._words.sets, start - 1
        while before >= 0 and self._tokens[before].text in sets["articles"]:
            before -= 1
        if before < 0:
            return False
        word = self._tokens[before].text
        return word in sets["against"] or (
            word in sets["against_loosely"] and self._has_before(start, sets["comparing"])
        )

    def _span(self, start: int, match: _Match, meant: Meant) -> PeriodSpan:
        period = None if meant.days is None else self._period(meant.name, meant.days)
        relative = meant.relative
        if relative is None and self._is_against(start):
            relative = _COMPARED_WITH.get(meant.name)
        first, last = self._tokens[start].index, self._tokens[match.end - 1].index + 1
        return PeriodSpan(
            first=first,
            last=last,
            period=period,
            relative=relative,
            is_future=period is not None and period.first > self._today.as_of,
            problem=meant.problem,
            candidates=tuple(self._period(name, days) for name, days in meant.candidates),
            parts=tuple(self._period(name, days) for name, days in meant.parts),
            is_corrected=match.is_corrected or self._is_doubtful(start, match),
            is_assumed=meant.is_assumed,
        )

    def _is_doubtful(self, start: int, match: _Match) -> bool:
        is_weak = self._tokens[match.end - 1].text in self._words.sets["weak"]
        return is_weak and (match.end == start + 1 or match.meaning.does == "weekday")

    def _period(self, name: str, days: tuple[date, date]) -> Period:
        return cut(name, *days, self._today.as_of, self._is_day_over)
