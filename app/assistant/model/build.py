"""From what a model replied to a reading. Names, days and values are looked up here; nothing is taken on trust."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.assistant.model import periods
from app.assistant.model.ground import MEASURED, grounded
from app.assistant.model.menu import Menu
from app.assistant.model.request import PlanRequest, UnusablePlan
from app.assistant.reading import Derived, Kind, MetricCondition, Period, Reading, Refusal, Topic
from metrics import Filter
from metrics.query import Operator

_TOPICS: Final[Mapping[Kind, tuple[Topic, ...]]] = {
    Kind.STOCKOUT: (Topic.RISK, Topic.OUT_NOW),
    Kind.SLOW_MOVERS: (Topic.SLOW, Topic.UNSOLD),
    Kind.CUSTOMERS: (Topic.COUNT, Topic.NEW, Topic.RETURNING),
}
_LOOKED_UP: Final = tuple(topic for topic in Topic if not any(topic in topics for topics in _TOPICS.values()))
_REVERSED: Final[Mapping[Operator, Operator]] = {
    "=": "!=", "in": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"
}  # fmt: skip
_ROWS: Final = 10


class Ambiguous(Exception):
    """Words of the question name several things.

    Attributes:
        words: The words.
        readings: A reading for each thing.
    """

    def __init__(self, words: str, readings: tuple[Reading, ...]) -> None:
        super().__init__(words)
        self.words = words
        self.readings = readings


def reading_of(request: PlanRequest, menu: Menu, previous: Reading | None = None) -> Reading:
    """The reading that a request stands for.

    Raises:
        UnusablePlan: It cannot be meant like this.
        Ambiguous: A value that it is held to may be one of several.
    """
    kind = Kind(request.kind)
    if kind is Kind.REFUSE:
        return Reading(kind=kind, refusal=request.refusal or Refusal.WORDS, unmapped=request.unmapped)
    held = grounded(request, menu)
    topic = _topic(held, kind)
    period, assumptions = periods.of(held, kind, topic, menu, previous)
    where = _chosen(held, menu, {})
    reading = Reading(
        kind=kind,
        topic=topic,
        metrics=held.metrics,
        by=held.by or _compared(where, kind, held),
        where=where,
        period=period,
        compare_with=periods.other_of(held, kind, period, menu),
        derived=_derived(held, kind),
        having=tuple(MetricCondition(**condition.model_dump()) for condition in held.having),
        order=held.order,
        limit=held.limit or (_ROWS if held.order else None),
        direction=held.direction if kind is Kind.DRIVERS else None,
        assumptions=assumptions,
        inherited=_inherited(held.metrics, held.by, where, period, previous),
    )
    _check(reading, menu)
    _ask_back(held, menu, reading)
    return reading


def _topic(request: PlanRequest, kind: Kind) -> Topic | None:
    topics = _LOOKED_UP if kind is Kind.LOOKUP else _TOPICS.get(kind)
    if topics is None:
        return None
    if request.topic is None and kind is not Kind.LOOKUP:
        return topics[0]
    if request.topic not in topics:
        raise UnusablePlan(f"kind {kind} needs topic, one of: {', '.join(topics)}")
    return request.topic


def _derived(request: PlanRequest, kind: Kind) -> tuple[Derived, ...]:
    if kind is Kind.COMPARE and len(request.only) < 2:
        return (Derived.DELTA, Derived.RATIO)
    return (Derived(request.derived),) if request.derived else ()


def _chosen(request: PlanRequest, menu: Menu, picked: Mapping[str, Filter]) -> tuple[Filter, ...]:
    """The filters: things of one dimension together, and each that is left out by itself."""
    kept: dict[str, list[object]] = {}
    others: list[Filter] = []
    for name in dict.fromkeys(request.only):
        item = picked.get(name) or menu.values[name].options[0]
        if item.operator in {"=", "in"}:
            kept.setdefault(item.dimension, []).extend(item.values)
        else:
            others.append(item)
    for name in dict.fromkeys(request.without):
        item = picked.get(name) or menu.values[name].options[0]
        if item.operator == "like":
            raise UnusablePlan(f"{name} cannot be left out")
        operator = _REVERSED[item.operator]
        others += [Filter(dimension=item.dimension, operator=operator, value=value) for value in item.values]
    return (*(_any_of(dimension, values) for dimension, values in kept.items()), *others)


def _any_of(dimension: str, values: Iterable[object]) -> Filter:
    distinct = tuple(dict.fromkeys(values))
    content = {"operator": "=", "value": distinct[0]} if len(distinct) == 1 else {"operator": "in", "value": distinct}
    return Filter.model_validate({"dimension": dimension, **content})


def _compared(where: tuple[Filter, ...], kind: Kind, request: PlanRequest) -> tuple[str, ...]:
    """What a comparison of values is split by, where the model left that out."""
    if kind is not Kind.COMPARE or request.compare_with is not None:
        return ()
    return tuple(item.dimension for item in where if item.operator == "in")


def _check(reading: Reading, menu: Menu) -> None:
    if reading.kind.value in MEASURED and not reading.metrics:
        raise UnusablePlan(f"kind {reading.kind} needs metrics")
    if reading.kind is Kind.COMPARE and reading.compare_with is None and not reading.by:
        raise UnusablePlan("kind compare needs compare_with, or two values in only")
    for name in (*reading.metrics, *(condition.metric for condition in reading.having)):
        metric = menu.catalogue.metrics[name]
        wanted = {*reading.by, *(item.dimension for item in reading.where)}
        if strange := sorted(wanted - set(metric.splits)):
            raise UnusablePlan(f"{name} cannot be split by or held to {', '.join(strange)}")
        if reading.period is not None and not metric.has_history:
            raise UnusablePlan(f"{name} is known now only: leave out period, or use a metric of the past")


def _ask_back(request: PlanRequest, menu: Menu, reading: Reading) -> None:
    for name in (*request.only, *request.without):
        options = menu.values[name].options
        if len(options) > 1:
            readings = (_chosen(request, menu, {name: option}) for option in options[:4])
            raise Ambiguous(menu.values[name].words, tuple(reading.model_copy(update={"where": w}) for w in readings))


def _inherited(
    metrics: tuple[str, ...],
    by: tuple[str, ...],
    where: tuple[Filter, ...],
    period: Period | None,
    previous: Reading | None,
) -> tuple[str, ...]:
    """What is the same as in the question before."""
    if previous is None:
        return ()
    same = {
        "metrics": bool(metrics) and metrics == previous.metrics,
        "by": bool(by) and by == previous.by,
        "period": period is not None and period == previous.period,
    }
    kept = (item.dimension for item in where if item in previous.where)
    return (*(name for name, is_same in same.items() if is_same), *dict.fromkeys(kept))
