"""Two readings of one question, and which of them counts: the local planner's is known to be careful, a model's is not.

Nothing that a model says widens what is answered without a person: where it differs from a sure local reading, both
are shown; where it fills in for one that was not sure, every word has to be accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from app.assistant.model.account import days, left_out
from app.assistant.model.build import MEASURED, Ambiguous, reading_of
from app.assistant.model.menu import Menu
from app.assistant.model.request import PlanRequest
from app.assistant.reading import Choice, Kind, Reading, Refusal

Describe = Callable[[Reading], str]
"""A reading as a question that says it in full."""

FINAL: Final = frozenset({Refusal.SECRET, Refusal.ACTION, Refusal.PERSONAL, Refusal.ROLE})
"""Refusals of the local planner that no model is asked about."""

_UNDECIDED: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})
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
        if is_settled(local, theirs) or describe(local) == describe(theirs):
            return Verdict(local)
        return Verdict(_clarify((local, theirs), describe), "model.differs")
    return _instead_of_an_unsure_one(local, theirs, request, menu, describe)


def _ask_which(local: Reading, request: PlanRequest, menu: Menu, ambiguity: Ambiguous, describe: Describe) -> Verdict:
    """Several things of that name: whichever a model would take, the person says which."""
    is_open = local.kind in _UNDECIDED and local.refusal in {None, Refusal.WORDS} and not local.choices
    if not is_open or left_out(ambiguity.readings[0], request, menu):
        return Verdict(local)
    return Verdict(_clarify(ambiguity.readings, describe, unclear=ambiguity.words))


def _instead_of_an_unsure_one(
    local: Reading, theirs: Reading, request: PlanRequest, menu: Menu, describe: Describe
) -> Verdict:
    if local.refusal not in {None, Refusal.WORDS}:
        return Verdict(local.model_copy(update={"choices": _choices((*_readings(local), theirs), describe)}))
    if unaccounted := left_out(theirs, request, menu):
        return Verdict(_clarify((theirs, *_readings(local)), describe, unaccounted), "model.left_out", unaccounted)
    if local.unclear is not None or (local.choices and not local.unmapped and local.kind is Kind.CLARIFY):
        return Verdict(_preferring(local, theirs, describe))
    return Verdict(theirs, "model.filled_in", menu.unknown)


def _preferring(local: Reading, theirs: Reading, describe: Describe) -> Reading:
    """The local planner's choices with the model's first: several things were meant, and guessing is not for us."""
    chosen = [reading for reading in _readings(local) if alike(reading, theirs)]
    ordered = (*(chosen or (theirs,)), *(reading for reading in _readings(local) if reading not in chosen))
    return local.model_copy(update={"choices": _choices(ordered, describe)})


def is_settled(local: Reading, theirs: Reading) -> bool:
    """Whether the local planner is sure and the model reads the same."""
    return local.kind not in _UNDECIDED and alike(local, theirs)


def alike(one: Reading, other: Reading) -> bool:
    """Whether two readings would answer the same: kind, metric, filters, split and periods."""
    return (
        (one.kind, one.topic) == (other.kind, other.topic)
        and _same_metrics(one.metrics, other.metrics)
        and _filters(one) == _filters(other)
        and (one.kind not in MEASURED or set(one.by) == set(other.by))
        and days(one.period) == days(other.period)
        and days(one.compare_with) == days(other.compare_with)
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


def _readings(reading: Reading) -> tuple[Reading, ...]:
    return tuple(choice.reading for choice in reading.choices)


def _choices(readings: Iterable[Reading], describe: Describe) -> tuple[Choice, ...]:
    labelled = {describe(reading): reading for reading in readings if reading.kind not in _UNDECIDED}
    return tuple(Choice(label=label, reading=reading) for label, reading in labelled.items())[:_MOST_CHOICES]


def _clarify(
    readings: tuple[Reading, ...], describe: Describe, unmapped: tuple[str, ...] = (), unclear: str | None = None
) -> Reading:
    return Reading(kind=Kind.CLARIFY, choices=_choices(readings, describe), unmapped=unmapped, unclear=unclear)
