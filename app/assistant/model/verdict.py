"""Two readings of one question, and which of them counts: the local planner's is known to be careful, a model's is not.

Nothing that a model says widens what is answered without a person: where it differs from a sure local reading, both
are shown; where it fills in for one that was not sure, every word has to be accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.assistant.model.build import Ambiguous, reading_of
from app.assistant.model.menu import BEFORE, Menu
from app.assistant.model.request import PlanRequest
from app.assistant.question import read
from app.assistant.reading import Choice, Kind, Period, Reading, Refusal

Describe = Callable[[Reading], str]
"""A reading as a question that says it in full."""

FINAL: Final = frozenset({Refusal.SECRET, Refusal.ACTION, Refusal.PERSONAL, Refusal.ROLE})
"""Refusals of the local planner that no model is asked about."""

_UNDECIDED: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})
_MEASURED: Final = frozenset({Kind.METRIC, Kind.COMPARE, Kind.DRIVERS})
_MOST_CHOICES: Final = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reading that counts.

    Attributes:
        reading: The reading.
        note: Key of a text that says how it came about; empty where there is nothing to say.
        words: Words that the text names.
    """

    reading: Reading
    note: str = ""
    words: tuple[str, ...] = ()


def decide(local: Reading, request: PlanRequest, menu: Menu, previous: Reading | None, describe: Describe) -> Verdict:
    """Weigh a model's plan against the local reading."""
    try:
        theirs = reading_of(request, menu, previous)
    except Ambiguous as ambiguity:
        return _ask_which(local, request, menu, ambiguity, describe)
    if theirs.kind is Kind.REFUSE:
        return Verdict(local)
    if local.kind not in _UNDECIDED:
        is_same = alike(local, theirs)
        return Verdict(local) if is_same else Verdict(_clarify((local, theirs), describe), "model.differs")
    return _instead_of_an_unsure_one(local, theirs, request, menu, describe)


def _ask_which(local: Reading, request: PlanRequest, menu: Menu, ambiguity: Ambiguous, describe: Describe) -> Verdict:
    """Several things of that name: whichever a model would take, the person says which."""
    is_open = local.kind in _UNDECIDED and local.refusal in {None, Refusal.WORDS} and not local.choices
    if not is_open or any(_unaccounted(ambiguity.readings[0], request, menu)):
        return Verdict(local)
    return Verdict(_clarify(ambiguity.readings, describe, unclear=ambiguity.words))


def _instead_of_an_unsure_one(
    local: Reading, theirs: Reading, request: PlanRequest, menu: Menu, describe: Describe
) -> Verdict:
    if local.refusal not in {None, Refusal.WORDS}:
        return Verdict(local.model_copy(update={"choices": _choices((*_readings(local), theirs), describe)}))
    if unaccounted := tuple(dict.fromkeys(_unaccounted(theirs, request, menu))):
        return Verdict(_clarify((theirs, *_readings(local)), describe, unaccounted), "model.left_out", unaccounted)
    if local.unclear is not None or (local.choices and not local.unmapped and local.kind is Kind.CLARIFY):
        return Verdict(_preferring(local, theirs, describe))
    return Verdict(theirs, "model.filled_in", menu.unknown)


def _preferring(local: Reading, theirs: Reading, describe: Describe) -> Reading:
    """The local planner's choices with the model's first: several things were meant, and guessing is not for us."""
    chosen = [reading for reading in _readings(local) if alike(reading, theirs)]
    ordered = (*(chosen or (theirs,)), *(reading for reading in _readings(local) if reading not in chosen))
    return local.model_copy(update={"choices": _choices(ordered, describe)})


def alike(one: Reading, other: Reading) -> bool:
    """Whether two readings would answer the same: kind, metric, filters, split and periods."""
    return (
        (one.kind, one.topic) == (other.kind, other.topic)
        and _same_metrics(one.metrics, other.metrics)
        and _filters(one) == _filters(other)
        and set(one.by) == set(other.by)
        and _days(one.period) == _days(other.period)
        and _days(one.compare_with) == _days(other.compare_with)
        and one.having == other.having
    )


def _same_metrics(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """The first one ranks; one that is shown beside it makes no other answer."""
    return one[:1] == other[:1] and (set(one) <= set(other) or set(other) <= set(one))


def _filters(reading: Reading) -> frozenset[tuple[str, str, frozenset[str]]]:
    return frozenset(
        (item.dimension, "=" if item.operator == "in" else item.operator, frozenset(str(v) for v in item.values))
        for item in reading.where
    )


def _days(period: Period | None) -> object:
    return None if period is None else (period.first, period.last)


def _unaccounted(theirs: Reading, request: PlanRequest, menu: Menu) -> Iterator[str]:
    """Words of the question that the plan does not hold, whoever knows them."""
    yield from _unexplained(theirs, request, menu)
    yield from _names_left_out(theirs, menu)
    yield from _values_left_out(request, menu)
    held = {_days(theirs.period), _days(theirs.compare_with)}
    yield from (words for words, period in menu.periods if _days(period) not in held)


def _unexplained(theirs: Reading, request: PlanRequest, menu: Menu) -> Iterator[str]:
    """Unknown words that stand for nothing in the plan.

    A word stands for an element of the plan only if nothing else in the question does: else "median" would stand for
    the revenue that is already there, and an answer about the total would look right.
    """
    said = {meaning.word: meaning.stands_for for meaning in request.meanings}
    spoken = {name for _, names in menu.spoken for name in names}
    free: set[str | None] = {theirs.kind.value, theirs.order, *theirs.metrics, *theirs.by} - spoken - {None}
    named = {word.text for item in request.unmapped if item.strip() for word in read(item).words}
    for word in menu.unknown:
        stands_for = said.get(word)
        if stands_for not in free or word in named:
            yield word
        free.discard(stands_for)


def _names_left_out(theirs: Reading, menu: Menu) -> Iterator[str]:
    """Words for metrics and splits, of which the plan holds none. Of other kinds than numbers a kind says enough."""
    if theirs.kind not in _MEASURED:
        return
    held = {*theirs.metrics, *theirs.by, *(item.metric for item in theirs.having)}
    held |= {item.dimension for item in theirs.where}
    yield from (words for words, names in menu.spoken if not names & held)


def _values_left_out(request: PlanRequest, menu: Menu) -> Iterator[str]:
    used = {*request.only, *request.without}
    mentioned = {offered.words for offered in menu.values.values()} - {BEFORE}
    yield from sorted(mentioned - {menu.values[key].words for key in used})


def _readings(reading: Reading) -> tuple[Reading, ...]:
    return tuple(choice.reading for choice in reading.choices)


def _choices(readings: Iterable[Reading], describe: Describe) -> tuple[Choice, ...]:
    labelled = {describe(reading): reading for reading in readings if reading.kind not in _UNDECIDED}
    return tuple(Choice(label=label, reading=reading) for label, reading in labelled.items())[:_MOST_CHOICES]


def _clarify(
    readings: tuple[Reading, ...], describe: Describe, unmapped: tuple[str, ...] = (), unclear: str | None = None
) -> Reading:
    return Reading(kind=Kind.CLARIFY, choices=_choices(readings, describe), unmapped=unmapped, unclear=unclear)
