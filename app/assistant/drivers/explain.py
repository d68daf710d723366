"""From a metric to its explanation: the measures it needs, the decomposition that fits, contributions by dimension."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.assistant.additivity import adds_up
from app.assistant.drivers import beside, bridge
from app.assistant.drivers.bridge import Driver, Parts, Sales
from app.assistant.drivers.exact import ZERO, apportion, rounded
from app.assistant.drivers.fair import Pair
from app.assistant.drivers.measured import Measured, Question
from app.assistant.drivers.mix import Bennet, Line, Lines, bennet, rate_effect, units_add_up
from app.assistant.drivers.movers import Movement, movement
from app.assistant.reading import Reading
from metrics import Catalogue
from metrics.catalogue import Metric

_SALES: Final = ("net_sales", "transactions", "units_sold", "discount_amount", "returns_amount")
_MARGIN: Final = ("gross_margin", "costed_net_sales")
_MEASURES: Final[Mapping[str, tuple[str, ...]]] = {
    "net_sales": _SALES,
    "average_basket": _SALES,
    "units_sold": ("units_sold", "transactions"),
    "gross_margin": _MARGIN,
    "gross_margin_rate": _MARGIN,
    "average_selling_price": ("sold_net_sales", "units_sold"),
}
"""What a metric is made of. Any other one stands for itself."""

_PRODUCTS: Final = ("product", "category")
_A_DAY: Final = ("hour", "store")
_DAYS: Final = ("hour", "weekday", "store")
_TENDERS: Final = ("tender", "store")
_READ: Final = frozenset({*_PRODUCTS, *_DAYS, *_TENDERS})
"""Dimensions that are looked at without being asked for."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A change and what it is made of.

    Attributes:
        before: The metric in the earlier period; None where it has no value there.
        after: The metric in the later one.
        parts: Drivers that add up to the change exactly; empty where none are known for the metric.
        levels: What transactions and the like were before and after, for those drivers that have a level.
        products: Price, volume and mix over products, adding up exactly; empty where it does not apply.
        movements: Contributions by dimension, each adding up exactly.
    """

    before: Decimal | None
    after: Decimal | None
    parts: Parts = field(default_factory=dict)
    levels: Mapping[Driver, tuple[Decimal, Decimal]] = field(default_factory=dict)
    products: Mapping[str, Decimal] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)

    @property
    def change(self) -> Decimal:
        """After less before. Only where both have a value."""
        return (self.after or ZERO) - (self.before or ZERO)


def measures(metric: Metric, catalogue: Catalogue) -> tuple[str, ...]:
    """What a metric is made of, and what stands beside it, as far as the run knows them."""
    wanted = (*_MEASURES.get(metric.name, (metric.name,)), *beside.measures(metric))
    return tuple(name for name in wanted if name not in catalogue.unknown)


def question(metric: Metric, reading: Reading, periods: Pair, catalogue: Catalogue) -> Question:
    """What to read to explain a metric."""
    read = measures(metric, catalogue)
    groups = [] if metric.name not in _MEASURES and metric.additivity == "non-additive" else [*_groups(metric, periods)]
    fixed = {item.dimension for item in reading.where if item.operator == "=" or len(item.values) == 1}
    groups += [(name,) for name in reading.by if name in metric.dimensions and name not in _READ]
    splits = set(metric.splits) - (fixed - {"product"})
    kept = [group for group in (tuple(name for name in group if name in splits) for group in groups) if group]
    every = [catalogue.metrics[name] for name in read]
    whole = next((group for group in reversed(kept) if all(adds_up(each, group) for each in every)), ())
    return Question(read, tuple(kept), reading.where, whole)


def _groups(metric: Metric, periods: Pair) -> list[tuple[str, ...]]:
    if "tender" in metric.dimensions:
        return [_TENDERS]
    times = _A_DAY if periods.are_days else _DAYS
    is_of_tickets = metric.name not in _MEASURES and not adds_up(metric, ("product",))
    return [times] if is_of_tickets else [_PRODUCTS, times]


def explain(metric: Metric, then: Measured, now: Measured) -> Explanation:
    """Explain a metric's change from what was read."""
    match metric.name:
        case "net_sales":
            return _net_sales(metric, then, now)
        case "average_basket":
            return _average_basket(then, now)
        case "units_sold":
            first, second = _sales(then), _sales(now)
            parts = _shown(bridge.units_sold(first, second), second.units - first.units)
            levels = _levels(first, second)
            return Explanation(first.units, second.units, parts, levels, movements=_movements(metric, then, now))
        case "gross_margin":
            return _gross_margin(metric, then, now)
        case "gross_margin_rate":
            return _rate(then, now, "costed_net_sales", "gross_margin", bridge.margin_rate)
        case "average_selling_price":
            return _rate(then, now, "units_sold", "sold_net_sales", _prices)
        case _:
            movements = _movements(metric, then, now)
            return Explanation(then.totals[metric.name], now.totals[metric.name], movements=movements)


def _net_sales(metric: Metric, then: Measured, now: Measured) -> Explanation:
    before, after = _sales(then), _sales(now)
    old, new = _goods(then), _goods(now)
    change = after.net - before.net
    return Explanation(
        before.net,
        after.net,
        _shown(bridge.net_sales(before, after, old, new), change),
        _levels(before, after),
        _over_products(bennet(old, new), before, after) if old or new else {},
        _movements(metric, then, now),
    )


def _average_basket(then: Measured, now: Measured) -> Explanation:
    before, after = _sales(then), _sales(now)
    first, second = (rounded(sales.basket) if sales.transactions else None for sales in (before, after))
    if first is None or second is None:
        return Explanation(first, second)
    parts = bridge.average_basket(before, after, _goods(then), _goods(now))
    return Explanation(first, second, _shown(parts, second - first), _per_transaction(before, after))


def _gross_margin(metric: Metric, then: Measured, now: Measured) -> Explanation:
    before, after = then.totals["gross_margin"], now.totals["gross_margin"]
    old, new = (_lines(found, "costed_net_sales", "gross_margin") for found in (then, now))
    parts = _shown(bridge.gross_margin(old, new), after - before) if old or new else {}
    return Explanation(before, after, parts, movements=_movements(metric, then, now))


def _rate(
    then: Measured, now: Measured, weight: str, amount: str, decompose: Callable[[Lines, Lines], Parts]
) -> Explanation:
    rates = [
        rounded(found.totals[amount] / found.totals[weight]) if found.totals[weight] else None for found in (then, now)
    ]
    before, after = rates
    old, new = (_lines(found, weight, amount) for found in (then, now))
    if before is None or after is None or not old or not new:
        return Explanation(before, after)
    return Explanation(before, after, _shown(decompose(old, new), after - before))


def _prices(old: Lines, new: Lines) -> Parts:
    first, second = (
        sum((line.amount for line in lines.values()), ZERO) / sum((line.weight for line in lines.values()), ZERO)
        for lines in (old, new)
    )
    if not units_add_up(old, new):
        return {}
    prices = rate_effect(old, new)
    return {Driver.PRICES: prices, Driver.MIX: second - first - prices}


def _over_products(found: Bennet, before: Sales, after: Sales) -> dict[str, Decimal]:
    quantity = {"quantity": found.quantity}
    if found.volume is not None:
        quantity = {"volume": found.volume, "product_mix": found.quantity - found.volume}
    parts = quantity | {
        "price": found.price,
        "appeared": found.appeared,
        "vanished": found.vanished,
        "discounts": before.discounts - after.discounts,
        "returns": before.returns - after.returns,
    }
    return dict(zip(parts, apportion(tuple(parts.values()), after.net - before.net), strict=True))


def _shown(parts: Parts, change: Decimal) -> Parts:
    """The parts, rounded so that they add up to the change, less those that are nothing."""
    if not parts:
        return {}
    return bridge.present(dict(zip(parts, apportion(tuple(parts.values()), change), strict=True)))


def _sales(found: Measured) -> Sales:
    """The measures of sales; what no source tells counts as nothing and is said so beside the answer."""
    totals = found.totals
    return Sales(
        transactions=totals["transactions"],
        units=totals["units_sold"],
        net=totals.get("net_sales", ZERO),
        discounts=totals.get("discount_amount", ZERO),
        returns=totals.get("returns_amount", ZERO),
    )


def _levels(before: Sales, after: Sales) -> dict[Driver, tuple[Decimal, Decimal]]:
    return {
        Driver.TRANSACTIONS: (before.transactions, after.transactions),
        **_per_transaction(before, after),
        Driver.DISCOUNTS: (before.discounts, after.discounts),
        Driver.RETURNS: (before.returns, after.returns),
    }


def _per_transaction(before: Sales, after: Sales) -> dict[Driver, tuple[Decimal, Decimal]]:
    if not before.transactions or not after.transactions:
        return {}
    units = [rounded(sales.units / sales.transactions) for sales in (before, after)]
    goods = [rounded(sales.goods / sales.transactions) for sales in (before, after)]
    return {Driver.UNITS_PER_TRANSACTION: (units[0], units[1]), Driver.BASKET: (goods[0], goods[1])}


def _goods(found: Measured) -> dict[str | int | None, Line]:
    """Units, and sales before discounts and returns, by product."""
    return {
        name: Line(
            each["units_sold"],
            each["net_sales"] + each.get("discount_amount", ZERO) + each.get("returns_amount", ZERO),
        )
        for name, each in found.by.get("product", {}).items()
    }


def _lines(found: Measured, weight: str, amount: str) -> dict[str | int | None, Line]:
    """Weight and amount by product. What is weighed in money adds up by category too, where products are too many."""
    finest = found.by.get("product") or (found.by.get("category") if weight in _MARGIN else None) or {}
    return {name: Line(each[weight], each[amount]) for name, each in finest.items()}


def _movements(metric: Metric, then: Measured, now: Measured) -> list[Movement]:
    """Contributions by each dimension that was read, has more than one value, and adds up."""
    usual = ("product", "category", "tender", "store", "weekday", "hour")
    asked = (name for name in now.by if name not in usual)
    found = (
        movement(dimension, then.amounts(dimension, metric.name), now.amounts(dimension, metric.name))
        for dimension in (*asked, *usual)
        if dimension in now.by and adds_up(metric, (dimension,))
    )
    return [item for item in found if item.count > 1]
