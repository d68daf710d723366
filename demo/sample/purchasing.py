"""Buying as a plain ERP does it: a minimum and a maximum per product, and suppliers who are sometimes late or short."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from demo.sample.arrays import Bools, Counts, Floats, Ints
from demo.sample.chain import Chain
from demo.sample.days import Days
from demo.sample.demand import Demand
from demo.sample.pricing import Pricing
from demo.sample.seasons import is_in_season

OPEN, CANCELLED, DRAFT = 0, 1, 2

_PLANNING_DAYS = 14
_MEMORY_DAYS = 56
_LATEST_DAYS = 60
_DRAFTS_KEPT_DAYS = 7
_CANCELLED_SHARE = 0.004
_SHORT_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class OrderLines:
    """Purchase order lines, one entry each. Days count from the first of the history; -1 is never."""

    day: Ints
    store: Ints
    product: Ints
    quantity: Ints
    state: Ints
    expected_day: Ints
    first_day: Ints
    first_quantity: Ints
    second_day: Ints
    second_quantity: Ints

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """One table from many."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


class Purchasing:
    """Orders on the way, and the minimum and maximum that decide when to order. Arrays are `[S, P]`."""

    def __init__(self, chain: Chain, days: Days, demand: Demand, pricing: Pricing, rng: np.random.Generator) -> None:
        self._chain, self._days, self._demand, self._rng = chain, days, demand, rng
        shape = (len(chain.stores), len(chain.products))
        self.minimum: Counts = np.zeros(shape, dtype=np.int32)
        self.maximum: Counts = np.zeros(shape, dtype=np.int32)
        self._on_order: Counts = np.zeros(shape, dtype=np.int32)
        later = len(days) + 2 * _LATEST_DAYS
        self._arrivals: Counts = np.zeros((later, *shape), dtype=np.int32)
        self._settled: Counts = np.zeros((later, *shape), dtype=np.int32)
        self._lines: list[OrderLines] = []
        self._cost_cents = pricing.cost_cents
        self._pack = np.array([product.pack_size for product in chain.products])
        self._supplier = np.array([product.supplier for product in chain.products])
        self._lead = np.array([supplier.lead_time_days for supplier in chain.suppliers])
        self._late_share = np.array([supplier.late_share for supplier in chain.suppliers])
        self._lowest_amount = np.array([supplier.minimum_cents for supplier in chain.suppliers])
        self._is_order_day = np.array(
            [[weekday in supplier.order_weekdays for supplier in chain.suppliers] for weekday in range(7)]
        )
        # Buyers misjudge, each product in each store in its own way, and keep to it.
        self._judgement = rng.lognormal(0.06, 0.22, size=shape)
        self._is_bought = self._when_bought()
        keeps = np.array([product.shelf_life_days or 10_000 for product in chain.products])
        self._longest_cover = np.maximum(2.0, 0.75 * keeps)

    def _when_bought(self) -> Bools:
        """Days on which a product is bought at all `[D, P]`: in season, around its launch, until it is discontinued."""
        day = np.arange(len(self._days))[:, None]
        ahead = self._lead[self._supplier] + 8
        launches = np.array([product.launch_day for product in self._chain.products])
        ends = [
            len(self._days) if product.end_day is None else product.end_day - product.pack_size
            for product in self._chain.products
        ]
        result = is_in_season(self._chain, self._days, before=30, until=14)
        return np.asarray(result & (day >= launches - ahead) & (day < np.array(ends)))

    def plan(self, day: int, sold: Counts, had_stock: Bools) -> None:
        """Set minimum and maximum from recent sales; a product without enough of them gets the buyer's plan.

        Args:
            day: Today.
            sold: Units sold on the days so far `[D, S, P]`.
            had_stock: Store-days that ended with stock `[D, S, P]`.
        """
        if day % _PLANNING_DAYS:
            return
        rate = self._daily_rate(day, sold, had_stock) * self._judgement
        lead = self._lead[self._supplier]
        review = 7 / self._is_order_day.sum(axis=0)[self._supplier]
        protection = np.minimum(lead + review, self._longest_cover)
        cover = np.minimum(np.maximum(review, 7.0), (self._longest_cover - protection).clip(0.5))
        self.minimum = np.ceil(rate * protection * 1.3 + 0.6 * np.sqrt(rate * protection)).astype(np.int32)
        self.maximum = self.minimum + np.maximum(1, np.ceil(rate * cover)).astype(np.int32)

    def _daily_rate(self, day: int, sold: Counts, had_stock: Bools) -> Floats:
        ahead = min(day + 14, len(self._days) - 1)
        planned = self._demand.planned[ahead]
        recent = slice(max(0, day - _MEMORY_DAYS), day)
        in_stock = had_stock[recent]
        counted = in_stock.sum(axis=0)
        observed = (sold[recent] * in_stock).sum(axis=0) / np.maximum(counted, 1)
        is_seasonal = np.array([product.season is not None for product in self._chain.products])
        age = day - np.array([product.launch_day for product in self._chain.products])
        use_plan = (counted < 14) | is_seasonal | (age < _MEMORY_DAYS)
        return np.asarray(np.where(use_plan, planned, observed), dtype=np.float32)

    def receive(self, day: int, has_opened: Bools) -> Counts:
        """Take in what arrives this morning in the stores that have opened `[S]`."""
        self._on_order -= self._settled[day] * has_opened[:, None]
        return np.asarray(self._arrivals[day] * has_opened[:, None], dtype=np.int32)

    def order(self, day: int, on_hand: Counts, is_ordering: Bools) -> None:
        """Write this morning's orders in the stores that have come to it `[S]`."""
        if self._days.is_closed[day]:
            return
        position = on_hand + self._on_order
        takes_orders = self._is_order_day[self._days.weekday[day]][self._supplier] & self._is_bought[day]
        needed = self._chain.is_ranged & takes_orders & is_ordering[:, None] & (position <= self.minimum)
        packs = np.ceil((self.maximum - position) / self._pack).clip(1)
        quantity = np.where(needed, packs * self._pack, 0).astype(np.int64)
        store, product = np.nonzero(quantity)
        if not len(store):
            return
        self._place(day, store, product, quantity[store, product])

    def _place(self, day: int, store: Ints, product: Ints, quantity: Ints) -> None:
        shape = (len(self._chain.stores), len(self._chain.suppliers))
        supplier = self._supplier[product]
        amount = np.zeros(shape)
        np.add.at(amount, (store, supplier), quantity * self._cost_cents[day, product])
        is_cancelled = self._rng.random(shape) < _CANCELLED_SHARE
        state = np.where(amount < self._lowest_amount, DRAFT, np.where(is_cancelled, CANCELLED, OPEN))[store, supplier]
        late = (self._rng.random(shape) < self._late_share) * self._rng.geometric(0.35, size=shape)
        expected = day + self._lead[supplier]
        first_day = self._next_open(np.minimum(expected + late[store, supplier], day + _LATEST_DAYS))
        chance = self._rng.random((3, len(store)))
        is_short = chance[0] < _SHORT_SHARE
        first = np.where(is_short, np.maximum(1, quantity * (0.3 + 0.6 * chance[1])), quantity).astype(np.int64)
        rest = np.where(is_short & (chance[2] < 0.5), quantity - first, 0)
        second_day = np.where(rest > 0, self._next_open(first_day + 4), -1)
        is_sent = state == OPEN
        lines = OrderLines(
            day=np.full(len(store), day),
            store=store,
            product=product,
            quantity=quantity,
            state=state,
            expected_day=expected,
            first_day=np.where(is_sent, first_day, -1),
            first_quantity=np.where(is_sent, first, 0),
            second_day=np.where(is_sent, second_day, -1),
            second_quantity=np.where(is_sent, rest, 0),
        )
        self._lines.append(lines)
        self._expect(lines)

    def _expect(self, lines: OrderLines) -> None:
        """Note what will arrive, and when it stops counting as on order: a shortage that never comes ends at once."""
        sent = np.flatnonzero(lines.first_day >= 0)
        store, product, day = lines.store[sent], lines.product[sent], lines.first_day[sent]
        self._on_order[store, product] += lines.quantity[sent].astype(np.int32)
        self._arrivals[day, store, product] += lines.first_quantity[sent].astype(np.int32)
        remaining = lines.second_quantity[sent]
        self._settled[day, store, product] += (lines.quantity[sent] - remaining).astype(np.int32)
        again = np.flatnonzero(remaining > 0)
        where = (lines.second_day[sent][again], store[again], product[again])
        self._arrivals[where] += remaining[again].astype(np.int32)
        self._settled[where] += remaining[again].astype(np.int32)

    def _next_open(self, day: Ints) -> Ints:
        inside = np.minimum(day, len(self._days) - 1)
        return day + np.where(day < len(self._days), self._days.is_closed[inside], 0)

    def lines(self) -> OrderLines:
        """Every order line written. Drafts are kept for a week only: by then the goods were ordered otherwise."""
        parts = OrderLines.joined(self._lines)
        keep = (parts.state != DRAFT) | (parts.day >= len(self._days) - _DRAFTS_KEPT_DAYS)
        return OrderLines(*(getattr(parts, field.name)[keep] for field in fields(OrderLines)))
