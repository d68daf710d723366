"""Two readings of one question, and which of them counts: the local planner's is known to be careful, a model's is not.

Nothing that a model says widens what is answered without a person: where it differs from a sure local reading, both
are shown. Where the local planner was not sure for want of words, a model may say what the words mean; the local
planner then reads the question again, and every word is accounted for as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.assistant.model.build import Ambiguous, reading_of
from app.assistant.model.ground import MEASURED, grounded, unexplained
from app.assistant.model.menu import Menu
from app.assistant.model.request import PlanRequest
from app.assistant.reading import Choice, Kind, Period, Reading, Refusal

Describe = Callable[[Reading], str]
"""A reading as a question that says it in full."""

FINAL: Final = frozenset({Refusal.SECRET, Refusal.ACTION, Refusal.PERSONAL, Refusal.ROLE})
"""Refusals of the local planner that no model is asked about."""

UNDECIDED: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})
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


@dataclass(frozen=True, slots=True)
class Bench:
    """What a verdict needs besides the two readings.

    Attributes:
        menu: What the model could choose from.
        previous: How the question before was read.
        describe: Puts a reading into a question.
        reread: Reads the question with the local planner once more, each unknown word replaced by one for what it
            stands for.
    """

    menu: Menu
    previous: Reading | None
    describe: Describe
    reread: Callable[[PlanRequest], Reading]


def decide(local: Reading, request: PlanRequest, bench: Bench) -> Verdict:
    """Weigh a model's plan against the local reading."""
    try:
        theirs = reading_of(request, bench.menu, bench.previous)
    except Ambiguous:
        return Verdict(local)
    if theirs.kind is Kind.REFUSE:
        return Verdict(local)
    if local.kind not in UNDECIDED:
        return _both(local, theirs, bench)
    if local.refusal not in {None, Refusal.WORDS}:
        return Verdict(_with(local, (*_readings(local), theirs), bench))
    if words := unexplained(grounded(request, bench.menu), bench.menu):
        return Verdict(_asking(local, theirs, bench, words), "model.left_out", words)
    if not bench.menu.unknown:
        return Verdict(_preferring(local, theirs, bench))
    reread = bench.reread(request)
    if reread.kind in UNDECIDED:
        return Verdict(_asking(local, theirs, bench))
    found = _both(reread, theirs, bench)
    return found if found.note else Verdict(reread, "model.filled_in", bench.menu.unknown)


def _both(local: Reading, theirs: Reading, bench: Bench) -> Verdict:
    """The local reading where the model's is the same, else both to choose from."""
    if is_settled(local, theirs) or bench.describe(local) == bench.describe(theirs):
        return Verdict(local)
    both = Reading(kind=Kind.CLARIFY, choices=_choices((local, theirs), bench))
    return Verdict(both, "model.differs")


def _preferring(local: Reading, theirs: Reading, bench: Bench) -> Reading:
    """The local planner's choices with the model's first: several things were meant, and guessing is not for us."""
    chosen = [reading for reading in _readings(local) if alike(reading, theirs)]
    ordered = (*(chosen or (theirs,)), *(reading for reading in _readings(local) if reading not in chosen))
    return _with(local, ordered, bench)


def is_settled(local: Reading, theirs: Reading) -> bool:
    """Whether the local planner is sure and the model reads the same."""
    return local.kind not in UNDECIDED and alike(local, theirs)


def alike(one: Reading, other: Reading) -> bool:
    """Whether two readings would answer the same: kind, metric, filters, split and periods."""
    return (
        (one.kind, one.topic) == (other.kind, other.topic)
        and _same_metrics(one.metrics, other.metrics)
        and _filters(one) == _filters(other)
        and (one.kind.value not in MEASURED or set(one.by) == set(other.by))
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


def _days(period: Period | None) -> tuple[date, date] | None:
    return None if period is None else (period.first, period.last)


def _readings(reading: Reading) -> tuple[Reading, ...]:
    return tuple(choice.reading for choice in reading.choices)


def _choices(readings: Iterable[Reading], bench: Bench) -> tuple[Choice, ...]:
    labelled = {bench.describe(reading): reading for reading in readings if reading.kind not in UNDECIDED}
    return tuple(Choice(label=label, reading=reading) for label, reading in labelled.items())[:_MOST_CHOICES]


def _asking(local: Reading, theirs: Reading, bench: Bench, unmapped: tuple[str, ...] = ()) -> Reading:
    """The model's reading as one to choose, with the words that nobody could place. Not an answer, and no dead end."""
    found = _with(local, (theirs, *_readings(local)), bench)
    words = tuple(dict.fromkeys((*local.unmapped, *unmapped)))
    return found.model_copy(update={"kind": Kind.CLARIFY, "refusal": None, "unmapped": words})


def _with(local: Reading, readings: Iterable[Reading], bench: Bench) -> Reading:
    """The local reading, which is none, with these to choose from."""
    return local.model_copy(update={"choices": _choices(readings, bench)})
