"""Which metrics a question is about: those it names, or what its verbs mean."""

from __future__ import annotations

from typing import Final

from app.assistant.local.hold import Hold
from app.assistant.local.naming import PRODUCT_LIKE
from app.assistant.local.sheet import Rank
from metrics import Filter

SOLD: Final = ("units_sold", "net_sales")
"""What "sold best" ranks by, and what is shown beside it."""

_MEANS: Final = frozenset(
    {"average_basket", "average_selling_price", "units_per_transaction", "lines_per_transaction", "mean_daily_units"}
)
"""Metrics that are means by themselves."""

_COUNTED: Final = frozenset({"count", "units", "days"})
_SUPPORT: Final = ("show", "list", "which", "how_much")


def chosen_metrics(hold: Hold, rank: Rank | None, where: tuple[Filter, ...], has_splits: bool) -> tuple[str, ...]:
    """The metrics that a question names or means."""
    named = hold.metrics()
    sells, how_many, how_much = hold.cue("sell"), bool(hold.sheet.cue("how_many")), bool(hold.sheet.cue("how_much"))
    hold.cue(*_SUPPORT)
    if named:
        _fillers_of(hold, named[0])
        if where and not hold.sheet.cue("share"):
            hold.cue("part")
        return _promoted(hold, named)
    if hold.sheet.conditions:
        return _of_conditions(hold, sells)
    return _meant(hold, rank, where, sells=sells, how_many=how_many, how_much=how_much, has_splits=has_splits)


def _promoted(hold: Hold, named: tuple[str, ...]) -> tuple[str, ...]:
    """The metrics that are named, or the share on promotion: "what share of last week's revenue was on promotion"."""
    asks = hold.sheet.cue("share") and hold.sheet.cue("on_promotion")
    if (
        named != ("net_sales",)
        or not asks
        or hold.sheet.filters
        or "promoted_share" not in hold.context.catalogue.metrics
    ):
        return named
    hold.cue("share", "on_promotion")
    return ("promoted_share",)


def _fillers_of(hold: Hold, metric: str) -> None:
    """Take the verbs beside a metric that is named, and "how many" and "on average" where they fit it."""
    hold.cue("take", "pay")
    if hold.context.catalogue.metrics[metric].unit in _COUNTED:
        hold.cue("how_many")
    if metric in _MEANS:
        hold.cue("average")


def _of_conditions(hold: Hold, sells: bool) -> tuple[str, ...]:
    named = tuple(item.metric for item in hold.sheet.conditions if item.metric)
    if named:
        return named
    if hold.cue("take"):
        return ("net_sales",)
    return ("units_sold",) if sells else ()


def _meant(
    hold: Hold,
    rank: Rank | None,
    where: tuple[Filter, ...],
    *,
    sells: bool,
    how_many: bool,
    how_much: bool,
    has_splits: bool,
) -> tuple[str, ...]:
    """The metrics of a question that names none."""
    if sells and hold.sheet.cue("what") and _is_one_product_by_part_of_its_name(hold):
        return ()
    is_about_products = any(item.dimension in PRODUCT_LIKE for item in where)
    if any(item.dimension == "tender" for item in where):
        if sells or hold.sheet.cue("have"):
            return ()
        hold.cue("take", "pay")
        return ("payments_amount",)
    held = [item for item in where if item.dimension in {"product", "sku"} and item.operator in {"=", "in"}]
    if how_many and hold.sheet.cue("have") and held and not sells and not hold.sheet.periods and not hold.bare():
        hold.cue("how_many", "have")
        return ("on_hand",)
    if _asks_whether_there_is(hold, where, has_splits) and not sells:
        hold.cue("have")
        return ("on_hand",)
    if hold.cue("pay") and has_splits:
        return ("payments_amount",)
    if hold.cue("take"):
        hold.assume("taken_is_net_sales")
        return ("net_sales",)
    if sells and rank is not None:
        return SOLD
    if sells and how_many:
        return _counted(hold, is_about_products)
    if sells and how_much:
        return SOLD if is_about_products else ("net_sales",)
    asks_for_rows = any(hold.sheet.cue(name) for name in ("what", "show", "list"))
    if sells and (is_about_products or has_splits or asks_for_rows):
        return SOLD
    compares = hold.sheet.cue("compare") and hold.bare()
    if rank is not None or compares or (hold.sheet.cue("share") and where):
        hold.assume("net_sales")
        return ("net_sales",)
    return ()


def _asks_whether_there_is(hold: Hold, where: tuple[Filter, ...], has_splits: bool) -> bool:
    """Whether it is only asked whether there is something: "do we have milk"."""
    sheet, goods = hold.sheet, {"product", "sku", "category"}
    is_more = has_splits or sheet.periods or sheet.splits or sheet.ranks or sheet.conditions
    return bool(sheet.cue("have")) and any(item.dimension in goods for item in where) and not is_more


def _is_one_product_by_part_of_its_name(hold: Hold) -> bool:
    """Whether a question for products holds a word that is only part of a product's name: "what sold a treat"."""
    is_asking = not any(split.how == "which" for split in hold.sheet.splits)
    parts = [hold.sheet.pieces[item.at].value for item in hold.sheet.filters]
    return is_asking and any(
        part is not None and part.matches[0].dimension == "product" and part.matches[0].how != "exact" for part in parts
    )


def _counted(hold: Hold, is_about_products: bool) -> tuple[str, ...]:
    """What "how many ... did we sell" counts: units, of things that are named or of all."""
    hold.cue("how_many")
    bare = [split.name for split in hold.bare()]
    if bare and not is_about_products:
        return ()
    return ("units_sold",)
