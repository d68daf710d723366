"""From a query in people's words to a plan in MetricFlow's: names looked up, values typed, metrics put into parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from metrics import stores
from metrics.catalogue import GRAINS, TIME_NAMES, WEEKDAYS, Catalogue, Metric
from metrics.contents import Store
from metrics.query import Filter, MetricQuery, Scalar
from metrics.result import Column
from retail.errors import UnusableRequest


@dataclass(frozen=True, slots=True)
class Split:
    """A dimension or period to split by.

    Attributes:
        asked: The name that the column carries.
        short: The catalogue's name for it.
        name: MetricFlow's name; `metric_time` for periods.
    """

    asked: str
    short: str
    name: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison with typed values; `name` is MetricFlow's."""

    short: str
    name: str
    operator: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Metrics that one MetricFlow query answers: they share names for the splits, conditions and the period."""

    metrics: tuple[str, ...]
    splits: tuple[Split, ...]
    conditions: tuple[Condition, ...]
    from_date: date | None
    to_date: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the SQL of a query.

    Attributes:
        columns: The result's columns: splits, then metrics, as asked.
        metrics: Catalogue name of each asked metric; None where the run cannot know it.
        parts: At least one unless no metric is known.
        order: Positions in `columns`, and whether largest comes first.
        limit: Rows wanted, if that was said.
        warnings: Plain sentences.
    """

    columns: tuple[Column, ...]
    metrics: tuple[str | None, ...]
    parts: tuple[Part, ...]
    order: tuple[tuple[int, bool], ...]
    limit: int | None
    warnings: tuple[str, ...]


METRIC_TIME: Final = "metric_time"


def make(query: MetricQuery, catalogue: Catalogue, visible_stores: tuple[Store, ...]) -> Plan:
    """Look everything up and decide which MetricFlow queries answer it.

    Raises:
        UnusableRequest: A name is unknown, a value does not fit, or a dimension does not apply to a metric.
    """
    metrics = [catalogue.metric(name) for name in query.metrics]
    shorts = [catalogue.dimension(name) for name in query.by]
    _check_names(query)
    _check_period(query)
    warnings = [f"{m.label} is not known: {catalogue.unknown[m.name]}." for m in metrics if m.name in catalogue.unknown]
    warnings += _period_warnings(query, metrics, catalogue)
    grouped: dict[tuple[object, ...], list[str]] = {}
    for metric in metrics:
        splits = tuple(Split(a, s, _route(metric, s, catalogue)) for a, s in zip(query.by, shorts, strict=True))
        conditions = tuple(_condition(f, metric, catalogue, visible_stores) for f in query.where)
        period = (query.from_date, query.to_date) if metric.has_history else (None, None)
        if metric.name not in catalogue.unknown:
            names = grouped.setdefault((splits, conditions, *period), [])
            if metric.name not in names:
                names.append(metric.name)
    parts = tuple(Part(tuple(names), *key) for key, names in grouped.items())  # type: ignore[arg-type]
    columns = (
        *(_split_column(asked, short, catalogue) for asked, short in zip(query.by, shorts, strict=True)),
        *(Column(a, m.label, m.unit, "metric") for a, m in zip(query.metrics, metrics, strict=True)),
    )
    known = tuple(None if m.name in catalogue.unknown else m.name for m in metrics)
    return Plan(columns, known, parts, _order(query, columns), query.limit, tuple(dict.fromkeys(warnings)))


def _check_names(query: MetricQuery) -> None:
    names = [name.casefold() for name in (*query.by, *query.metrics)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnusableRequest(f"{twice[0]!r} is asked for twice; name it once.")


def _check_period(query: MetricQuery) -> None:
    if query.from_date and query.to_date and query.from_date > query.to_date:
        raise UnusableRequest(f"The period begins on {query.from_date} and ends before that, on {query.to_date}.")


def _period_warnings(query: MetricQuery, metrics: list[Metric], catalogue: Catalogue) -> list[str]:
    if not (query.from_date or query.to_date):
        return []
    warnings = [
        f"{m.label} is known for now only; the period does not apply to it." for m in metrics if not m.has_history
    ]
    first, last = catalogue.first_date, catalogue.last_date
    outside = first and last and ((query.from_date or first) > last or (query.to_date or last) < first)
    if outside and any(m.has_history for m in metrics):
        warnings.append(f"There are no data in this period: they run from {first} to {last}.")
    return warnings


def _route(metric: Metric, short: str, catalogue: Catalogue) -> str:
    if short in TIME_NAMES and metric.has_history:
        return METRIC_TIME
    if short not in metric.dimensions:
        others = sorted(m.name for m in catalogue.metrics.values() if short in m.splits)[:5]
        elsewhere = f" {short} applies to {', '.join(others)}." if others else ""
        now = " It is known for now only." if short in TIME_NAMES else ""
        raise UnusableRequest(
            f"{short} does not apply to {metric.name}.{now} It can be split by {', '.join(metric.splits)}.{elsewhere}"
        )
    return metric.dimensions[short]


def _condition(item: Filter, metric: Metric, catalogue: Catalogue, visible_stores: tuple[Store, ...]) -> Condition:
    short = catalogue.dimension(item.dimension)
    name = _route(metric, short, catalogue)
    if item.operator == "like":
        if short in TIME_NAMES or catalogue.dimensions[short].is_number or not isinstance(item.value, str):
            raise UnusableRequest(f"`like` compares text; {short} is none.")
        return Condition(short, name, "like", (item.value,))
    return Condition(
        short, name, item.operator, tuple(_typed(v, short, catalogue, visible_stores) for v in item.values)
    )


def _typed(value: Scalar, short: str, catalogue: Catalogue, visible_stores: tuple[Store, ...]) -> Scalar:
    """A value in the type and spelling of its dimension: dates, weekday numbers, store names, numbers or text."""
    text = value.isoformat() if isinstance(value, (date, datetime)) else str(value)
    if short in GRAINS:
        try:
            return date.fromisoformat(text[:10])
        except ValueError as error:
            raise UnusableRequest(f"{text[:80]!r} is no date; write {short} as its first day, 2025-03-01.") from error
    if short == "weekday":
        number = next((n for n, day in enumerate(WEEKDAYS, 1) if day.lower() == text.lower()[:3]), None)
        if number is None:
            raise UnusableRequest(f"{text[:80]!r} is no weekday; use {', '.join(WEEKDAYS)}.")
        return number
    if short == "store":
        return stores.resolve(text, visible_stores).label
    if short == "store_id":
        return stores.resolve(text, visible_stores).store_id
    if not catalogue.dimensions[short].is_number:
        return text
    try:
        number_value = Decimal(text)
    except InvalidOperation as error:
        raise UnusableRequest(f"{short} is a number, and {text[:80]!r} is none.") from error
    if not number_value.is_finite():
        raise UnusableRequest(f"{short} is a number, and {text[:80]!r} is none.")
    return number_value


def _split_column(asked: str, short: str, catalogue: Catalogue) -> Column:
    if short in GRAINS:
        return Column(asked, short.capitalize(), "date", "time")
    if short == "weekday":
        return Column(asked, "Weekday", "text", "time")
    dimension = catalogue.dimensions[short]
    return Column(asked, dimension.label, "count" if dimension.is_number else "text", "dimension")


def _order(query: MetricQuery, columns: tuple[Column, ...]) -> tuple[tuple[int, bool], ...]:
    positions = {column.name: position for position, column in enumerate(columns)}
    order: dict[int, bool] = {}
    for item in query.order_by:
        name = item.removeprefix("-")
        if name not in positions:
            raise UnusableRequest(f"Rows cannot be ordered by {name[:80]!r}: it is none of {', '.join(positions)}.")
        order.setdefault(positions[name], item.startswith("-"))
    for position in range(len(query.by)):
        order.setdefault(position, False)
    return tuple(order.items())
