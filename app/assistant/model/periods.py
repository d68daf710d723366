"""The days that a model's plan is about. What the question names goes before what a model makes up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from app.assistant import dates
from app.assistant.dates.calendar import cut
from app.assistant.model.menu import Menu
from app.assistant.model.request import PlanRequest, UnusablePlan
from app.assistant.reading import FIRST_YEAR, LAST_YEAR, Kind, Period, Reading, Topic

_USUAL: Final[Mapping[Kind | Topic, str]] = {
    Kind.METRIC: "last_28_days",
    Kind.COMPARE: "last_28_days",
    Kind.DRIVERS: "yesterday",
    Kind.SLOW_MOVERS: "last_28_days",
    Kind.CUSTOMERS: "last_28_days",
    Kind.DIGEST: "today",
    Topic.RISK: "next_14_days",
    Topic.FORECAST: "next_14_days",
    Topic.PROMOTIONS: "today",
}
"""The period of a question that names none."""


def of(
    request: PlanRequest, kind: Kind, topic: Topic | None, menu: Menu, previous: Reading | None
) -> tuple[Period | None, tuple[str, ...]]:
    """The period that is asked for, and what is taken for granted.

    A period that a model gives counts only where the question names one: a small model fills in what nobody asked for.

    Raises:
        UnusablePlan: It is no period.
    """
    if menu.periods:
        return _named(request, menu), ()
    if previous is not None and previous.period is not None and kind == previous.kind:
        return previous.period, ()
    usual = _USUAL.get(topic or kind, _USUAL.get(kind))
    if usual is None or (request.metrics and not _knows_history(request, menu)):
        return None, ()
    return menu.named(usual), (f"assumption.{usual}",)


def other_of(request: PlanRequest, kind: Kind, period: Period | None, menu: Menu) -> Period | None:
    """The period that it is compared with.

    Raises:
        UnusablePlan: It is no period.
    """
    if kind not in {Kind.COMPARE, Kind.DRIVERS} or period is None:
        return None
    match request.compare_with:
        case None if kind is Kind.COMPARE and len(request.only) > 1:
            return None
        case None | "previous":
            return dates.previous(period)
        case "year_before":
            return dates.year_before(period)
        case named:
            return _resolved(named, menu)


def _named(request: PlanRequest, menu: Menu) -> Period | None:
    named = {period for _, period in menu.periods}
    if request.period is None:
        return named.pop() if len(named) == 1 and request.compare_with is None else None
    return _resolved(request.period, menu)


def _knows_history(request: PlanRequest, menu: Menu) -> bool:
    return any(menu.catalogue.metrics[name].has_history for name in request.metrics)


def _resolved(text: str, menu: Menu) -> Period:
    """The days of a name or of dates; the very period that the question names, where they are its days."""
    try:
        if not text[0].isdigit():
            return menu.named(text)
        first, _, last = text.partition("/")
        days = date.fromisoformat(first), date.fromisoformat(last or first)
        found = cut("custom", *days, menu.catalogue.as_of, menu.is_day_over)
    except (ValueError, OverflowError) as error:
        raise UnusablePlan(f"period {text!r} is none: {error}") from error
    if found.first.year < FIRST_YEAR or found.last.year > LAST_YEAR:
        raise UnusablePlan(f"period {text!r} is none: years are {FIRST_YEAR} to {LAST_YEAR}")
    same = (period for _, period in menu.periods if (period.first, period.last) == (found.first, found.last))
    return next(same, found)
