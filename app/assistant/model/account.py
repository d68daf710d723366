"""What of a question a model's plan does not hold. No thing that was asked for is dropped or swapped in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from app.assistant.model.build import MEASURED
from app.assistant.model.menu import BEFORE, Menu
from app.assistant.model.request import PlanRequest
from app.assistant.question import read
from app.assistant.reading import Period, Reading

_OF_ITSELF: Final = frozenset({"product", "sku", "supplier", "promotion", "on_hand", "on_order", "customers"})
"""What kinds other than numbers speak of without naming it in the plan: "which items may run out"."""


def left_out(theirs: Reading, request: PlanRequest, menu: Menu) -> tuple[str, ...]:
    """Words of the question that the plan does not hold, whoever knows them."""
    words = (
        *_unexplained(theirs, request, menu),
        *_names_left_out(theirs, menu),
        *_values_left_out(request, menu),
        *_periods_left_out(theirs, menu),
    )
    return tuple(dict.fromkeys(words))


def days(period: Period | None) -> tuple[date, date] | None:
    """First and last day of a period, whatever it is called."""
    return None if period is None else (period.first, period.last)


def _periods_left_out(theirs: Reading, menu: Menu) -> Iterator[str]:
    held = {days(theirs.period), days(theirs.compare_with)}
    yield from (words for words, period in menu.periods if days(period) not in held)
    if theirs.compare_with is None:
        yield from menu.compared


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
    """Words for metrics and splits, of which the plan holds none."""
    held = {*theirs.metrics, *theirs.by, *(item.metric for item in theirs.having)}
    held |= {item.dimension for item in theirs.where}
    if theirs.kind not in MEASURED:
        held |= _OF_ITSELF
    yield from (words for words, names in menu.spoken if not names & held)


def _values_left_out(request: PlanRequest, menu: Menu) -> Iterator[str]:
    used = {*request.only, *request.without}
    mentioned = {offered.words for offered in menu.values.values()} - {BEFORE}
    yield from sorted(mentioned - {menu.values[key].words for key in used})
