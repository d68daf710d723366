"""What things cost on which day: list prices that change, unit costs that creep up, and promotions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from demo.sample.arrays import Floats, Ints
from demo.sample.chain import Chain
from demo.sample.days import Days
from demo.sample.seasons import days_since_season

_CLEARANCE_DAYS = 28
_SEASON_CLEARANCE_DAYS = 14
_PLANNED_AHEAD_DAYS = 28
_FLYERS_A_WEEK = 4


@dataclass(frozen=True, slots=True)
class PricePeriod:
    """A product's price over some days, both inclusive; the last day is none for the current price."""

    product: int
    first_day: int
    last_day: int | None
    price_cents: int


@dataclass(frozen=True, slots=True)
class Promotion:
    """Products at a discount over some days, both inclusive, perhaps yet to come.

    `store` is none when every store takes part.
    """

    promotion_id: str
    name: str
    kind: str
    products: tuple[int, ...]
    store: int | None
    first_day: int
    last_day: int
    discount_rate: float
    lift: float


@dataclass(slots=True)
class Pricing:
    """Prices and promotions of the whole history.

    Attributes:
        price_cents: List price `[D, P]`.
        cost_cents: Unit cost `[D, P]`.
        promotion: Position in `promotions` plus one, nought where there is none `[D, S, P]`.
    """

    price_cents: Ints
    cost_cents: Ints
    price_periods: list[PricePeriod]
    promotion: npt.NDArray[np.int16]
    promotions: list[Promotion] = field(default_factory=list)

    def discount_rate(self) -> Floats:
        """Discount by position in `promotion` (the first entry is nought: no promotion)."""
        return np.array([0.0] + [promotion.discount_rate for promotion in self.promotions], dtype=np.float32)

    def lift(self) -> Floats:
        """Factor on demand by position in `promotion` (the first entry is one)."""
        return np.array([1.0] + [promotion.lift for promotion in self.promotions], dtype=np.float32)


def build(chain: Chain, days: Days, rng: np.random.Generator) -> Pricing:
    """Set the prices and plan the promotions."""
    length, stores, products = len(days), len(chain.stores), len(chain.products)
    price = np.empty((length, products), dtype=np.int64)
    cost = np.empty_like(price)
    periods: list[PricePeriod] = []
    for p, product in enumerate(chain.products):
        changes = sorted({int(day) for day in rng.integers(30, length - 20, size=rng.poisson(1.1 * length / 365))})
        edges = [0, *changes, length]
        # Worked backwards, so that the catalogue's price is today's.
        level = 1.0
        for first, after in reversed(list(itertools.pairwise(edges))):
            cents = max(19, round(product.price_cents * level / 10) * 10 - 1)
            price[first:after, p] = cents
            cost[first:after, p] = round(product.cost_cents * level**0.8)
            periods.append(PricePeriod(p, first, None if after == length else after - 1, cents))
            level *= float(rng.uniform(0.9, 0.99)) if rng.random() < 0.8 else float(rng.uniform(1.02, 1.08))
    pricing = Pricing(price, cost, periods, np.zeros((length, stores, products), dtype=np.int16))
    for promotion in _planned(chain, days, rng):
        _place(pricing, promotion)
    return pricing


def _place(pricing: Pricing, promotion: Promotion) -> None:
    """Take up a promotion for those of its products that no other one covers on its days."""
    stores = slice(None) if promotion.store is None else slice(promotion.store, promotion.store + 1)
    span = slice(promotion.first_day, promotion.last_day + 1)
    free = tuple(p for p in promotion.products if not pricing.promotion[span, stores, p].any())
    if not free:
        return
    number = len(pricing.promotions) + 1
    pricing.promotions.append(
        Promotion(
            promotion_id=f"PROMO-{number:04d}",
            name=promotion.name,
            kind=promotion.kind,
            products=free,
            store=promotion.store,
            first_day=promotion.first_day,
            last_day=promotion.last_day,
            discount_rate=promotion.discount_rate,
            lift=promotion.lift,
        )
    )
    for p in free:
        pricing.promotion[span, stores, p] = number


def _planned(chain: Chain, days: Days, rng: np.random.Generator) -> Iterator[Promotion]:
    yield from _clearances(chain, days)
    departments = sorted({product.department for product in chain.products})
    first_wednesday = (2 - int(days.weekday[0])) % 7
    for first in range(first_wednesday, len(days) + _PLANNED_AHEAD_DAYS, 7):
        for department in rng.choice(departments, size=_FLYERS_A_WEEK, replace=False).tolist():
            yield from _flyer(chain, department, first, rng)
        if rng.random() < 0.35:
            yield from _weekend(chain, first + 2, rng)


def _clearances(chain: Chain, days: Days) -> Iterator[Promotion]:
    for p, product in enumerate(chain.products):
        if product.end_day is not None:
            end = product.end_day + _CLEARANCE_DAYS
            yield _promotion(f"Last chance: {product.name}", "clearance", (p,), product.end_day, end, 0.4, 1.8)
    for name in chain.seasons:
        products = tuple(p for p, product in enumerate(chain.products) if product.season == name)
        clearing = np.flatnonzero(days_since_season(chain, name, days, _SEASON_CLEARANCE_DAYS))
        for run in np.split(clearing, np.flatnonzero(np.diff(clearing) > 1) + 1):
            if len(run) and products:
                title = f"End of season: {name}"
                yield _promotion(title, "clearance", products, int(run[0]), int(run[-1]), 0.4, 1.6)


def _flyer(chain: Chain, department: str, first: int, rng: np.random.Generator) -> Iterator[Promotion]:
    """A weekly flyer from Wednesday to Tuesday for some products of a department."""
    candidates = [p for p in _on_sale(chain, first) if chain.products[p].department == department]
    if not candidates:
        return
    count = min(len(candidates), int(rng.integers(4, 10)))
    picked = tuple(sorted(rng.choice(candidates, size=count, replace=False).tolist()))
    rate = float(rng.choice([0.1, 0.15, 0.2, 0.25, 0.3], p=[0.15, 0.25, 0.3, 0.2, 0.1]))
    lift = (1 - rate) ** -float(rng.uniform(1.6, 3.0)) * 1.1
    yield _promotion(f"{department} week", "flyer", picked, first, first + 6, rate, lift)


def _weekend(chain: Chain, first: int, rng: np.random.Generator) -> Iterator[Promotion]:
    """A weekend special, Friday to Sunday, in one store."""
    store = int(rng.integers(len(chain.stores)))
    picked = tuple(sorted(rng.choice(_on_sale(chain, first), size=4, replace=False).tolist()))
    rate = float(rng.choice([0.2, 0.25, 0.3, 0.4]))
    lift = (1 - rate) ** -float(rng.uniform(1.4, 2.4)) * 1.05
    yield _promotion(
        f"Weekend special {chain.stores[store].name}", "weekend", picked, first, first + 2, rate, lift, store
    )


def _on_sale(chain: Chain, day: int) -> list[int]:
    """Products that are on sale all year, launched by a day and not discontinued soon after it."""
    return [
        p
        for p, product in enumerate(chain.products)
        if product.season is None
        and product.launch_day <= day
        and (product.end_day is None or product.end_day > day + 7)
    ]


def _promotion(
    name: str,
    kind: str,
    products: tuple[int, ...],
    first: int,
    last: int,
    rate: float,
    lift: float,
    store: int | None = None,
) -> Promotion:
    return Promotion("", name, kind, products, store, first, last, rate, lift)
