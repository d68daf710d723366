"""A plan held to its question: what nobody asked for is dropped, and what the question says by itself is filled in.

A small model fills in fields because they are there. Names, periods and things that the lexicon finds in the question
are certain; what a model adds to them is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from app.assistant.model.menu import BEFORE, Menu
from app.assistant.model.request import PlanRequest
from app.assistant.reading import Topic

MEASURED: Final = frozenset({"metric", "compare", "drivers"})
"""Kinds that are about metrics that are named. Others say enough by themselves."""

_RANKS: Final = frozenset({"largest", "smallest"})


def grounded(request: PlanRequest, menu: Menu) -> PlanRequest:
    """The plan as far as its question carries it."""
    only, without = _values(request, menu)
    changes: dict[str, Any] = {"only": only, "without": without}
    if not menu.periods:
        changes["period"] = None
    is_ranked = menu.is_ranked or any(meaning.stands_for in _RANKS for meaning in request.meanings)
    if not is_ranked:
        changes |= {"order": None, "limit": None}
    if request.kind not in MEASURED:
        keeps_metrics = request.topic is Topic.DEFINITION
        changes |= {"by": (), "order": None, "derived": None, "having": (), "compare_with": None}
        return request.model_copy(update=changes | ({} if keeps_metrics else {"metrics": ()}))
    asked = _asked(request, menu)
    if request.derived == "share":
        asked |= {menu.values[name].dimension for name in only}
    changes["metrics"] = _kept(request.metrics, asked) or tuple(dict.fromkeys(request.metrics))
    changes["by"] = _kept(request.by, asked) or (request.by[:1] if is_ranked else ())
    changes |= _taken_over(request, menu, asked)
    if not changes["by"]:
        changes |= {"order": None, "limit": None}
    if _compares_values(only, menu) and len(menu.periods) < 2 and not menu.compared:
        changes["compare_with"] = None
    return request.model_copy(update=changes)


def _taken_over(request: PlanRequest, menu: Menu, asked: frozenset[str]) -> dict[str, Any]:
    """Metrics and splits of the question before, where the local planner keeps them and the model says no others."""
    if menu.kept is None:
        return {}
    changes: dict[str, Any] = {}
    if "metrics" in menu.kept.inherited and not asked & {*request.metrics}:
        changes["metrics"] = menu.kept.metrics
    if "by" in menu.kept.inherited and not asked & {*request.by}:
        changes["by"] = menu.kept.by
    return changes


def _asked(request: PlanRequest, menu: Menu) -> frozenset[str]:
    """Elements that words of the question stand for, by the lexicon or by the model."""
    spoken = {name for _, names in menu.spoken for name in names}
    return frozenset(spoken | {meaning.stands_for for meaning in request.meanings})


def _kept(names: tuple[str, ...], asked: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name in asked)


def _values(request: PlanRequest, menu: Menu) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids to hold to and to leave out; words that can only mean one id are there whether the model says so or not."""
    only, without = list(dict.fromkeys(request.only)), list(dict.fromkeys(request.without))
    for ids in _by_words(menu).values():
        if len(ids) == 1 and ids[0] not in {*only, *without}:
            (without if menu.values[ids[0]].is_excluded else only).append(ids[0])
    only += [name for name in _before(menu) if name not in {*only, *without}]
    return tuple(only), tuple(without)


def _before(menu: Menu) -> list[str]:
    """Ids of what the question before was held to, where the local planner keeps it."""
    kept = menu.kept.where if menu.kept else ()
    values = menu.values.items()
    return [name for name, offered in values if offered.words == BEFORE and offered.options[0] in kept]


def _by_words(menu: Menu) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, offered in menu.values.items():
        if offered.words != BEFORE:
            found.setdefault(offered.words, []).append(name)
    return found


def _compares_values(only: tuple[str, ...], menu: Menu) -> bool:
    dimensions = [menu.values[name].dimension for name in only]
    return len(set(dimensions)) < len(dimensions)


def unexplained(request: PlanRequest, menu: Menu) -> tuple[str, ...]:
    """Words of the question that nobody knows and the model gives no meaning that is left, and names it passes over.

    A word stands for an element of the plan only if nothing else in the question does: else "median" would stand for
    the revenue that is already there, and an answer about the total would look right.
    """
    return tuple(dict.fromkeys((*_words(request, menu), *_names(request, menu))))


def _words(request: PlanRequest, menu: Menu) -> Iterator[str]:
    said = {meaning.word: meaning.stands_for for meaning in request.meanings}
    spoken = {name for _, names in menu.spoken for name in names}
    free: set[str | None] = {request.kind, request.order, *request.metrics, *request.by} - spoken - {None}
    for word in menu.unknown:
        stands_for = said.get(word)
        if stands_for not in free or word in request.unmapped:
            yield word
        free.discard(stands_for)


def _names(request: PlanRequest, menu: Menu) -> Iterator[str]:
    used = {*request.only, *request.without}
    yield from (words for words, ids in _by_words(menu).items() if not used & {*ids})
