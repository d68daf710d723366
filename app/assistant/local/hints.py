"""Readings to offer where a question leaves one thing open that people often leave open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.assistant import dates
from app.assistant.local.hold import Context, merged
from app.assistant.local.measures import SOLD
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Derived, Kind, Period, Reading

_LISTED: Final = frozenset({"product", "supplier", "category", "department", "brand"})
"""What there are many of, so that people ask for all of them."""


def hints(sheet: Sheet, context: Context) -> Iterator[Reading]:
    """What is mostly meant by a "why" without a day, a mean without "per what", and products that are counted."""
    if (pair := _divided(sheet)) is not None:
        where = merged(sheet.filters)
        content = {"kind": Kind.METRIC, "metrics": pair, "where": where, "period": _period(sheet, context)}
        yield Reading.model_validate({**content, "derived": (Derived.RATIO,)})
    elif sheet.cue("why") and not sheet.periods:
        yield from _reasons(sheet, context)
    elif sheet.cue("average") and len(sheet.metrics) == 1:
        yield from _means(sheet, context)
    elif sheet.cue("how_many") and sheet.cue("sell") and any(split.name == "product" for split in sheet.splits):
        yield from _counts(sheet, context)
    elif sheet.ranks and not sheet.splits and not sheet.cue("sell"):
        yield from _rankings(sheet, context)
    elif not sheet.metrics and len({split.name for split in sheet.splits} & _LISTED) == 1:
        yield from _lists(sheet, context)


def _divided(sheet: Sheet) -> tuple[str, str] | None:
    """A metric per another one: "revenue per customer"."""
    pieces = sheet.pieces
    markers = [at for at, _ in sheet.cue("by") if not pieces[at].has("cue:rank_by")]
    places = [sheet.after(at) for at in markers]
    second = next((item for item in sheet.metrics if item.at in places), None)
    first = next((item for item in sheet.metrics if second is not None and item.at < second.at), None)
    if first is None or second is None or first.name == second.name:
        return None
    return first.name, second.name


def _reasons(sheet: Sheet, context: Context) -> Iterator[Reading]:
    names = [mention.name for mention in sheet.metrics]
    for period in (context.named(name) for name in ("yesterday", "last_week", "last_month")):
        yield Reading(
            kind=Kind.DRIVERS,
            metrics=(names[0] if len(set(names)) == 1 else "net_sales",),
            where=merged(sheet.filters),
            period=period,
            compare_with=dates.previous(period),
            direction=_way(sheet),
        )


def _way(sheet: Sheet) -> str | None:
    if sheet.cue("down") or sheet.cue("poorly"):
        return "down"
    return "up" if sheet.cue("up") or sheet.cue("well") else None


def _means(sheet: Sheet, context: Context) -> Iterator[Reading]:
    splits = tuple(split.name for split in sheet.splits if split.how != "bare")
    content: dict[str, object] = {
        "kind": Kind.METRIC,
        "metrics": (sheet.metrics[0].name,),
        "where": merged(sheet.filters),
    }
    content |= {"period": _period(sheet, context), "derived": (Derived.AVERAGE,)}
    yield Reading.model_validate({**content, "by": (*splits, "day")})
    yield Reading.model_validate({**content, "by": (*splits, "week")})


def _counts(sheet: Sheet, context: Context) -> Iterator[Reading]:
    where, period = merged(sheet.filters), _period(sheet, context)
    for metric in ("units_sold", "products_sold"):
        yield Reading(kind=Kind.METRIC, metrics=(metric,), where=where, period=period)


def _lists(sheet: Sheet, context: Context) -> Iterator[Reading]:
    """What things that are only listed sell: "who are our suppliers"."""
    split = next(split.name for split in sheet.splits if split.name in _LISTED)
    where, period = merged(sheet.filters), _period(sheet, context)
    yield Reading(kind=Kind.METRIC, metrics=("net_sales",), by=(split,), where=where, period=period)
    yield Reading(kind=Kind.METRIC, metrics=("on_hand",), by=(split,), where=where)


def _rankings(sheet: Sheet, context: Context) -> Iterator[Reading]:
    rank = sheet.ranks[0]
    metrics = tuple(dict.fromkeys(mention.name for mention in sheet.metrics)) or SOLD
    for split in ("hour", "weekday", "day") if sheet.cue("when") else ("product", "category", "store"):
        yield Reading(
            kind=Kind.METRIC,
            metrics=metrics,
            by=(split,),
            where=merged(sheet.filters),
            period=_period(sheet, context),
            order=rank.order,
            limit=rank.limit or 10,
        )


def _period(sheet: Sheet, context: Context) -> Period:
    dated = [item.span.period for item in sheet.periods if item.span.period is not None and not item.span.is_future]
    return dated[0] if len(dated) == 1 else context.named("last_28_days")
