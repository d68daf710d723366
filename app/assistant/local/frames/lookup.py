"""A fact about one thing: a price, a supplier, a lead time, expected demand, promotions, deliveries, a definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.assistant.local.frames.planning import ahead
from app.assistant.local.hold import Attempt, Context, Hold
from app.assistant.local.naming import PRODUCT_LIKE
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Kind, Reading, Topic
from metrics import Filter

_SUPPORT: Final = ("show", "list", "which", "what", "how_many", "how_much", "when", "have")
_STORES: Final = frozenset({"store", "store_code", "store_id"})
_GOODS: Final = PRODUCT_LIKE | _STORES
_AHEAD: Final = "next_14_days"

Frame = Callable[[Sheet, Context], Attempt | None]


def _lookup(cue: str, topic: Topic, dimensions: frozenset[str], *, needs: frozenset[str] = frozenset()) -> Frame:
    """A frame for a fact that a cue asks for, about things of some dimensions, one of some of them at least."""

    def read(sheet: Sheet, context: Context) -> Attempt | None:
        hold = Hold(sheet, context)
        if not hold.cue(cue):
            return None
        hold.cue(*_SUPPORT, "now", "may", *(("cost_price",) if cue == "price" else ()))
        where = _where(hold, dimensions)
        if needs and not any(item.dimension in needs for item in where):
            return None
        _things(hold, cue)
        _take_now(hold)
        return hold.attempt(Reading(kind=Kind.LOOKUP, topic=topic, where=where))

    return read


def _where(hold: Hold, dimensions: frozenset[str]) -> tuple[Filter, ...]:
    where = hold.where()
    for mention in hold.sheet.filters:
        if mention.options[0].dimension not in dimensions or mention.is_excluded:
            hold.uses -= mention.uses
    return tuple(item for item in where if item.dimension in dimensions)


def _things(hold: Hold, cue: str) -> None:
    """Take the word for what is looked up, where it stands alone: "the lead time of supplier X", "which promotions"."""
    about = {
        "supplier_of": {"supplier", "product"},
        "lead_time": {"supplier", "product"},
        "price": {"product"},
        "promotions": {"promotion", "product"},
        "deliveries": {"supplier", "product"},
        "overdue": {"supplier", "product"},
        "stores": {"store"},
        "forecast": {"product"},
    }.get(cue, set())
    for split in hold.sheet.splits:
        if split.name in about and split.how != "by":
            hold.take(split.uses)


def _take_now(hold: Hold) -> None:
    mention = hold.period()
    if mention is not None and mention.span.period != hold.context.named("today"):
        hold.uses -= mention.uses


def forecast(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for expected demand. Only units are forecast: expected money is not the same."""
    hold = Hold(sheet, context)
    is_ahead = any(item.span.is_future for item in sheet.periods)
    if not hold.cue("forecast", "will_sell") and not (is_ahead and sheet.cue("sell") and sheet.cue("may")):
        return None
    hold.cue(*_SUPPORT, "may", "sell")
    for mention in sheet.metrics:
        if mention.name in {"units_sold", "stocked_units_sold", "units_net"}:
            hold.take(mention.uses)
    where = _where(hold, _GOODS)
    _things(hold, "forecast")
    period = ahead(hold, _AHEAD)
    if period is None:
        return None
    return hold.attempt(Reading(kind=Kind.LOOKUP, topic=Topic.FORECAST, where=where, period=period))


def promotions(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for promotions that run; today's where no period is named."""
    hold = Hold(sheet, context)
    if not hold.cue("promotions") and not _asks_for_promotions(sheet):
        return None
    hold.cue("show", "list", "which", "what", "how_many", "have", "when", "now", "running")
    where = _where(hold, _GOODS)
    _things(hold, "promotions")
    mention = hold.period()
    period = context.named("today") if not sheet.periods else None if mention is None else mention.span.period
    if period is None:
        return None
    return hold.attempt(Reading(kind=Kind.LOOKUP, topic=Topic.PROMOTIONS, where=where, period=period))


def _asks_for_promotions(sheet: Sheet) -> bool:
    """Whether promotions themselves are asked for, and no number of theirs."""
    named = any(split.name == "promotion" and split.how != "by" for split in sheet.splits)
    counts = sheet.metrics or sheet.ranks or any(sheet.cue(name) for name in ("sell", "take", "share", "how_much"))
    return named and not counts


def deliveries(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for purchase orders that are open."""
    hold = Hold(sheet, context)
    if not hold.cue("deliveries"):
        return None
    hold.cue(*_SUPPORT, "now", "may", "open")
    where = _where(hold, _GOODS)
    _things(hold, "deliveries")
    period = None if not sheet.periods else ahead(hold, _AHEAD)
    return hold.attempt(Reading(kind=Kind.LOOKUP, topic=Topic.DELIVERIES, where=where, period=period))


def overdue(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for deliveries that should have come."""
    hold = Hold(sheet, context)
    if not hold.cue("overdue"):
        return None
    hold.cue(*_SUPPORT, "now", "open", "deliveries", "orders")
    for mention in sheet.metrics:
        if mention.name == "transactions" and sheet.pieces[mention.at].has("cue:orders"):
            hold.take(mention.uses)
    where = _where(hold, _GOODS)
    _things(hold, "overdue")
    _take_now(hold)
    return hold.attempt(Reading(kind=Kind.LOOKUP, topic=Topic.OVERDUE, where=where))


def definition(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for what a metric means."""
    hold = Hold(sheet, context)
    if not hold.cue("meaning"):
        return None
    hold.cue("what", "how_much")
    metrics = hold.metrics()
    if len(metrics) != 1:
        return None
    return hold.attempt(Reading(kind=Kind.LOOKUP, topic=Topic.DEFINITION, metrics=metrics))


FRAMES: Final[tuple[Frame, ...]] = (
    _lookup("price", Topic.PRICE, _GOODS, needs=frozenset({"product", "sku", "category", "brand"})),
    _lookup("supplier_of", Topic.SUPPLIER, PRODUCT_LIKE, needs=PRODUCT_LIKE),
    _lookup("lead_time", Topic.LEAD_TIME, PRODUCT_LIKE, needs=frozenset()),
    _lookup("freshness", Topic.FRESHNESS, frozenset()),
    _lookup("stores", Topic.STORES, frozenset()),
    _lookup("abilities", Topic.ABILITIES, frozenset()),
    forecast,
    promotions,
    overdue,
    deliveries,
    definition,
)
