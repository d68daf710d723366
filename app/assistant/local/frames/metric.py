"""Numbers, split, ranked, held to conditions, as shares or means: everything that the metrics say by themselves."""

from __future__ import annotations

from typing import Final

from app.assistant.local import together
from app.assistant.local.frames.compare import both
from app.assistant.local.hold import Attempt, Context, Hold
from app.assistant.local.measures import SOLD, chosen_metrics
from app.assistant.local.naming import PRODUCT_LIKE
from app.assistant.local.pieces import NUMBER
from app.assistant.local.sheet import Rank, Sheet, Split, before
from app.assistant.reading import Derived, Kind, MetricCondition, Period, Reading
from metrics import Filter
from metrics.catalogue import GRAINS, TIME_NAMES

_MOST: Final = 10
_RATES: Final = {
    "gross_margin": "gross_margin_rate",
    "discount_amount": "discount_rate",
    "units_returned": "return_rate",
    "returns_amount": "return_rate",
    "promoted_sales": "promoted_share",
    "loyalty_sales": "loyalty_share",
}
"""The rate that is meant where an amount is compared with per cent."""

_AT_CLOSE: Final = {"on_hand": "stock_on_hand_at_close", "stock_value": "stock_value_at_close"}
"""What a level of now was on another day."""


def read(sheet: Sheet, context: Context) -> Attempt | None:
    """Read a question for numbers."""
    hold = Hold(sheet, context)
    rank = hold.rank()
    where = hold.where()
    hold.fillers()
    splits = list(hold.splits("by", "which"))
    metrics = chosen_metrics(hold, rank, where, bool(splits))
    if not metrics:
        return None
    splits += _more_splits(hold, rank, splits, metrics)
    if rank is not None and not splits:
        hold.uses -= rank.uses
    if hold.ranking_metric() is not None and not splits and rank is None:
        hold.uses -= {use for use in hold.uses if use[1] == "cue:rank_by"}
    having = _having(hold, metrics) if splits else ()
    metrics = tuple(dict.fromkeys((*metrics, *(item.metric for item in having))))
    splits += _each_of_several(where, splits, bool(having))
    derived = _derived(hold, splits, where)
    metrics, period = timed(hold, metrics, splits)
    if hold.cue("trend") and not set(splits) & TIME_NAMES and period is not None:
        splits.append(grain_of(period))
    if set(splits) & {*TIME_NAMES, "hour"}:
        hold.cue("when")
    order, limit = _order(hold, rank, splits)
    reading = Reading(
        kind=Kind.METRIC,
        metrics=metrics,
        by=tuple(dict.fromkeys((*splits, *_shared(derived, where, splits)))),
        where=where,
        period=period,
        derived=derived,
        having=having,
        order=order,
        limit=limit,
    )
    return hold.attempt(reading)


def _each_of_several(where: tuple[Filter, ...], splits: list[str], has_conditions: bool) -> list[str]:
    """The dimension of which two or more things are named: each is wanted, "milk and bread"."""
    several = [item.dimension for item in where if item.operator == "in" and item.dimension not in TIME_NAMES]
    return several if len(several) == 1 and not splits and not has_conditions else []


def _more_splits(hold: Hold, rank: Rank | None, splits: list[str], metrics: tuple[str, ...]) -> list[str]:
    """Splits that the rest of the question asks for: dimensions named alone, and products where a rank has nothing."""
    bare = hold.bare()
    ranks_by_metric = hold.ranking_metric() is not None
    wants_rows = rank is not None or ranks_by_metric or bool(hold.sheet.conditions) or bool(hold.sheet.cue("share"))
    wants_rows = wants_rows or bool(hold.sheet.cue("list")) or bool(hold.sheet.cue("compare"))
    wants_rows = wants_rows or (metrics == SOLD and bool(hold.sheet.cue("show")))
    found: list[str] = []
    if _is_terse_period(hold, metrics, bare):
        found.append("product")
    elif len(bare) == 1 and wants_rows and not splits and _is_ranked(hold, rank, bare[0]):
        hold.cue("list", "compare")
        hold.take(bare[0].uses)
        found.append(bare[0].name)
    elif not bare and not splits and hold.sheet.cue("what"):
        is_open = rank is not None and _is_superlative_alone(hold.sheet, rank)
        asks_for_products = not is_open and (rank is not None or metrics == SOLD or bool(hold.sheet.conditions))
        if asks_for_products and not any(f.options[0].dimension in {"product", "sku"} for f in hold.sheet.filters):
            found.append("product")
    elif rank is not None and not splits and not bare and (metrics == SOLD or _counts_group(hold, rank)):
        found.append("product")
    hold.cue("what")
    return found


def _counts_group(hold: Hold, rank: Rank) -> bool:
    """Whether so many of a group are asked for: "five drinks with the fewest units"."""
    groups = PRODUCT_LIKE - {"product", "sku", "product_id"}
    held = [item for item in hold.sheet.filters if item.options[0].dimension in groups]
    return any((item.at - 1, NUMBER) in rank.uses for item in held)


def _is_superlative_alone(sheet: Sheet, rank: Rank) -> bool:
    """Whether nothing says what is ranked: "what was the highest revenue", but not "what had the highest revenue"."""
    following, earlier = sheet.after(rank.at), before(sheet.pieces, rank.at)
    if following is None or not sheet.pieces[following].named("metric:") or rank.limit is not None:
        return False
    start = next((at for at, piece in enumerate(sheet.pieces) if piece.has("cue:what")), rank.at)
    between = sheet.pieces[start + 1 : rank.at]
    return earlier in {None, start} and not any(piece.has("cue:has") or not piece.is_harmless for piece in between)


def _is_ranked(hold: Hold, rank: Rank | None, split: Split) -> bool:
    """Whether a dimension that is named alone is what a rank ranks, and no place that stands beside it."""
    if rank is None or hold.sheet.metrics:
        return True
    between = range(min(rank.at, split.at) + 1, max(rank.at, split.at))
    return not any(hold.sheet.pieces[at].value or hold.sheet.pieces[at].period for at in between)


def _is_terse_period(hold: Hold, metrics: tuple[str, ...], bare: tuple[Split, ...]) -> bool:
    """Whether a bare grain says when: "bestsellers week" is about this week."""
    grains = [split for split in bare if split.name in GRAINS]
    products = [split for split in bare if split.name == "product"]
    if metrics != SOLD or hold.sheet.periods or len(grains) != 1 or len(products) != 1 or len(bare) != 2:
        return False
    hold.take(products[0].uses | grains[0].uses)
    hold.terse = "today" if grains[0].name == "day" else f"this_{grains[0].name}"
    return True


def _having(hold: Hold, metrics: tuple[str, ...]) -> tuple[MetricCondition, ...]:
    found = []
    for item in hold.sheet.conditions:
        metric = item.metric or metrics[0]
        if item.is_percent:
            metric = _RATES.get(metric, metric)
        is_rate = hold.context.catalogue.metrics[metric].unit == "ratio"
        if item.is_percent and not is_rate:
            continue
        hold.take(item.uses)
        value = item.value / 100 if is_rate and (item.is_percent or item.value > 1) else item.value
        found.append(MetricCondition(metric=metric, operator=item.operator, value=value))
    return tuple(found)


def _derived(hold: Hold, splits: list[str], where: tuple[Filter, ...]) -> tuple[Derived, ...]:
    found = []
    can_share = any(name not in TIME_NAMES for name in splits) or share_of(where) is not None
    if hold.sheet.cue("share") and can_share:
        hold.cue("share", "percent", "part")
        found.append(Derived.SHARE)
    if hold.sheet.cue("average") and set(splits) & set(GRAINS):
        hold.cue("average")
        found.append(Derived.AVERAGE)
    return tuple(found)


def share_of(where: tuple[Filter, ...]) -> str | None:
    """The dimension whose part of the whole is asked for; none where that is not sure."""
    parts = [item.dimension for item in where if item.operator in {"=", "in"}]
    narrow = [name for name in parts if name in PRODUCT_LIKE or name in {"channel", "tender", "promotion"}]
    found = narrow or [name for name in parts if name == "store"]
    return found[0] if len(found) == 1 else None


def _shared(derived: tuple[Derived, ...], where: tuple[Filter, ...], splits: list[str]) -> tuple[str, ...]:
    name = share_of(where)
    is_split = any(split not in TIME_NAMES for split in splits)
    return (name,) if Derived.SHARE in derived and name is not None and not is_split else ()


def timed(hold: Hold, metrics: tuple[str, ...], splits: list[str]) -> tuple[tuple[str, ...], Period | None]:
    """The period, and the metrics that know it: a level of now is no level of last month."""
    catalogue = hold.context.catalogue
    is_of_now = all(catalogue.metrics[name].kind == "now" for name in metrics)
    if hold.cue("now") and not is_of_now and not hold.sheet.periods:
        hold.assume("today")
        return metrics, hold.context.named("today")
    if not is_of_now:
        return metrics, _joined(hold, splits) or hold.past(hold.terse or "last_28_days")
    mention = hold.period()
    is_now = mention is not None and mention.span.period is not None and mention.span.period.name == "today"
    wants_history = (
        (mention is not None and not is_now) or bool(set(splits) & TIME_NAMES) or bool(hold.sheet.cue("trend"))
    )
    if not wants_history:
        return metrics, None
    if mention is not None and mention.span.is_future:
        hold.uses -= mention.uses
        return metrics, None
    metrics = tuple(_AT_CLOSE.get(name, name) for name in metrics)
    period = mention.span.period if mention is not None else hold.past()
    if any(catalogue.metrics[name].kind == "now" for name in metrics) and mention is not None:
        hold.uses -= mention.uses
    return metrics, period


def _joined(hold: Hold, splits: list[str]) -> Period | None:
    """Two periods joined by "and" as one; each is shown where nothing else is split by and no number is asked for."""
    if not together.is_joined(hold.sheet):
        return None
    uses = set(hold.uses)
    pair = both(hold)
    period = together.united(*pair) if pair is not None else None
    if pair is None or period is None:
        hold.uses = uses
        return None
    if not splits and not (hold.sheet.cue("how_much") or hold.sheet.cue("how_many")):
        splits.append(together.grain(pair[0]))
    return period


def grain_of(period: Period) -> str:
    """The grain at which a trend over a period reads well."""
    return "day" if period.days <= 31 else "week" if period.days <= 200 else "month"


def _order(hold: Hold, rank: Rank | None, splits: list[str]) -> tuple[str | None, int | None]:
    if rank is not None and splits:
        return rank.order, rank.limit or _MOST
    if hold.ranking_metric() is not None and splits:
        return "largest", None
    if hold.sheet.cue("sell") and "product" in splits and not hold.sheet.conditions:
        return "largest", None
    return None, None
