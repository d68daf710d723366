"""What may run out, what is out, what to order, and what hardly sells."""

from __future__ import annotations

from datetime import timedelta

from app.assistant.local.hold import Attempt, Context, Hold
from app.assistant.local.naming import PRODUCT_LIKE
from app.assistant.local.sheet import Sheet
from app.assistant.reading import Kind, MetricCondition, Period, Reading, Topic
from metrics import Filter

_AHEAD = "next_14_days"
_MOST = 10
_HELD = PRODUCT_LIKE | {"store", "store_code", "store_id"}
"""What the tables of planning can be held to."""

_GROUPS = {"store", "supplier", "category"}
_AHEAD_WORDS = ("lasting", "before_delivery", "because")
_PRODUCTS = ("show", "list", "which", "what", "how_many_are")


def stockout(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for what may run out, or what is out now."""
    hold = Hold(sheet, context)
    is_risk, is_out = bool(sheet.cue("run_out")) or _is_split_verb(sheet), bool(sheet.cue("out"))
    if not (is_risk or is_out):
        return None
    where = _where(hold)
    limit = _limit(hold)
    hold.cue(*_PRODUCTS)
    if not is_risk and (hold.cue("how_many") or _counts_stores(sheet)):
        return _count_out(hold, where)
    _things(hold)
    if is_out and not is_risk and not _lies_ahead(sheet):
        hold.cue("out", "now")
        mention = hold.period()
        if mention is not None and mention.span.period != context.named("today"):
            hold.uses -= mention.uses
        by = _groups(hold)
        return hold.attempt(Reading(kind=Kind.STOCKOUT, topic=Topic.OUT_NOW, by=by, where=where, limit=limit))
    hold.cue("run_out", "particle_out", "out", "soon", "may", "sell", "up", "well", *_AHEAD_WORDS)
    period = ahead(hold, _AHEAD)
    by = _groups(hold)
    return hold.attempt(Reading(kind=Kind.STOCKOUT, topic=Topic.RISK, by=by, where=where, period=period, limit=limit))


def out_then(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for what was out of stock in a period that is over."""
    hold = Hold(sheet, context)
    if not hold.cue("out") or sheet.cue("run_out") or not sheet.periods:
        return None
    where = _where(hold)
    limit = _limit(hold)
    hold.cue(*_PRODUCTS)
    by = hold.splits("by", "which") or ("product",)
    _things(hold)
    period = hold.past(None)
    if period is None:
        return None
    reading = Reading(
        kind=Kind.METRIC,
        metrics=("stockout_days",),
        by=by,
        where=where,
        period=period,
        having=(MetricCondition(metric="stockout_days", operator=">", value=0),),
        order="largest",
        limit=limit,
    )
    return hold.attempt(reading)


def reorder(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for what to order. Drafts are those of now, whatever day of this week is named."""
    hold = Hold(sheet, context)
    needs_a_thing = not hold.cue("reorder")
    where = _where(hold)
    if needs_a_thing and not (hold.cue("need") and any(item.dimension in PRODUCT_LIKE for item in where)):
        return None
    limit = _limit(hold)
    _things(hold)
    _rows(hold)
    hold.cue(*_PRODUCTS, "how_many", "how_much", "now", "soon", "may", "need")
    by = _groups(hold)
    period = _order_days(hold)
    return hold.attempt(Reading(kind=Kind.REORDER, by=by, where=where, period=period, limit=limit))


def _order_days(hold: Hold) -> Period | None:
    """Days by which orders are to be placed; none for today, when every draft waits."""
    if hold.sheet.periods and hold.sheet.periods[0].span.period == hold.context.named("today"):
        hold.period()
        hold.assume("drafts_of_now")
        return None
    if not hold.sheet.periods:
        return None
    mention = hold.period()
    if mention is None or mention.span.period is None:
        return None
    period = mention.span.period
    if (period.ends or period.last) < hold.context.today:
        hold.uses -= mention.uses
    return period


def _groups(hold: Hold) -> tuple[str, ...]:
    """Splits that the tables of planning can be put in groups by."""
    found = [split for split in hold.sheet.splits if split.how in {"by", "which"} and split.name in _GROUPS]
    for split in found:
        hold.take(split.uses)
    return tuple(dict.fromkeys(split.name for split in found))


def slow_movers(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for what hardly sells, or does not sell at all."""
    hold = Hold(sheet, context)
    is_unsold = bool(sheet.cue("unsold"))
    sells_badly = bool(sheet.cue("badly")) and bool(sheet.cue("sell")) and not sheet.metrics
    if not (is_unsold or sells_badly or sheet.cue("slow")):
        return None
    hold.cue("unsold", "slow", "badly", *_PRODUCTS, "now", "sell", "may", "stock_beside")
    if is_unsold and sheet.cue("slow"):
        is_unsold = not hold.cue("or")
    if _sells_a_little(sheet):
        is_unsold = not hold.cue("well")
    where = _where(hold)
    limit = _limit(hold)
    _things(hold)
    period = hold.past()
    topic = Topic.UNSOLD if is_unsold else Topic.SLOW
    return hold.attempt(Reading(kind=Kind.SLOW_MOVERS, topic=topic, where=where, period=period, limit=limit))


def _sells_a_little(sheet: Sheet) -> bool:
    """Whether "well" follows what says that nothing sells: "not selling all that well" is slow, not unsold."""
    unsold = [at for at, _ in sheet.cue("unsold")]
    return bool(unsold) and any(at > min(unsold) for at, _ in sheet.cue("well"))


def _is_split_verb(sheet: Sheet) -> bool:
    """Whether a verb for "run out" stands in two parts: "gehen diese Woche aus"."""
    particles = sheet.cue("particle_out")
    return bool(particles) and bool(sheet.cue("go")) and max(at for at, _ in particles) >= _last(sheet)


def _last(sheet: Sheet) -> int:
    return max((at for at, piece in enumerate(sheet.pieces) if not piece.is_harmless), default=0)


def ahead(hold: Hold, default: str) -> Period | None:
    """The period ahead that is named, what is left of one that runs, or the usual one."""
    if not hold.sheet.periods:
        hold.assume(default)
        return hold.context.named(default)
    mention = hold.period()
    if mention is None or mention.span.period is None:
        return None
    period, today = mention.span.period, hold.context.today
    if mention.span.is_future or period.first > today or period.first == today:
        return period
    if period.ends is not None and period.ends > today:
        return Period(name="custom", first=today + timedelta(days=1), last=period.ends)
    if period.last >= today and period.name in {"this_week", "this_month"}:
        return hold.context.named("tomorrow")
    hold.uses -= mention.uses
    return None


def _where(hold: Hold) -> tuple[Filter, ...]:
    where = hold.where()
    if any(item.dimension not in _HELD for item in where):
        for mention in hold.sheet.filters:
            if mention.options[0].dimension not in _HELD:
                hold.uses -= mention.uses
        return tuple(item for item in where if item.dimension in _HELD)
    return where


def _things(hold: Hold) -> None:
    """Take the words for products and stock, of which these answers are rows."""
    hold.stock_words()
    hold.cue("unit", "urgent", "where")
    for split in hold.sheet.splits:
        if (split.name in {"product", "sku"} and split.how != "by") or (
            split.name == "supplier" and split.how == "bare"
        ):
            hold.take(split.uses)


def _rows(hold: Hold) -> None:
    """Take "of each item": a draft has a row for each anyway."""
    for split in hold.sheet.splits:
        if split.name in {"product", "sku"}:
            hold.take(split.uses)


def _limit(hold: Hold) -> int | None:
    rank = hold.rank()
    if rank is None:
        return _number_before_cue(hold)
    if rank.order == "smallest":
        hold.uses -= rank.uses
        return None
    return rank.limit or _MOST


def _number_before_cue(hold: Hold) -> int | None:
    """How many are wanted where the number stands before what is asked for: "the 5 slowest movers"."""
    pieces = hold.sheet.pieces
    for at in range(len(pieces) - 1):
        number, following = pieces[at].number, pieces[at + 1]
        if number is None or not any(following.has(f"cue:{cue}") for cue in ("slow", "unsold", "run_out", "reorder")):
            continue
        if number.is_integer() and 1 <= number <= 1000:
            hold.take(frozenset({(at, "number")}))
            return int(number)
    return None


def _lies_ahead(sheet: Sheet) -> bool:
    return any(item.span.is_future for item in sheet.periods) or bool(sheet.cue("may"))


def _counts_stores(sheet: Sheet) -> bool:
    return any(split.how in {"by", "which"} and split.name == "store" for split in sheet.splits)


def _count_out(hold: Hold, where: tuple[Filter, ...]) -> Attempt:
    hold.cue("out", "now")
    _things(hold)
    by = hold.splits("by", "which")
    by = tuple(name for name in by if name != "product")
    reading = Reading(kind=Kind.METRIC, metrics=("products_out_of_stock",), by=by, where=where)
    return hold.attempt(reading)
