"""The history, day by day: goods come in, sell as far as they last, come back, get lost, expire, and are ordered again.

Only the loop over days is a loop; each step handles every store and product at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.sample import days as hours
from demo.sample.arrays import Bools, Counts, Doubles, Ints
from demo.sample.chain import Chain
from demo.sample.days import Days
from demo.sample.demand import Demand
from demo.sample.pricing import Pricing
from demo.sample.purchasing import OrderLines, Purchasing
from demo.sample.shelf import Shelf

_LOSS_CHANCE = 0.0012
_COUNT_CHANCE = 0.04
_COUNT_EVERY_DAYS = 30
_TRANSFER_WEEKDAY = 2
_RETURN_CHANCE = {"Gifts": 0.07, "Household": 0.055}
_RETURN_CHANCE_ELSEWHERE = 0.035
_RETURN_CHANCE_FRESH = 0.012
_LONGEST_RETURN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Returns:
    """Single units that came back, one entry each: sold on one day, returned on a later one, in the same store."""

    sale_day: Ints
    return_day: Ints
    store: Ints
    product: Ints


@dataclass(frozen=True, slots=True)
class History:
    """What happened to stock. Units `[D, S, P]`, all positive except `adjusted`.

    Attributes:
        opening: Stock before the first day `[S, P]`.
        closing: Stock now `[S, P]`; opening plus everything in between.
        unfit: Returned goods that were thrown away at once.
        lost: Theft and damage found missing; `wasted` is expired.
        had_stock: Whether a store-day ended with stock.
    """

    opening: Counts
    closing: Counts
    received: Counts
    sold: Counts
    returned: Counts
    unfit: Counts
    transferred_in: Counts
    transferred_out: Counts
    lost: Counts
    wasted: Counts
    adjusted: Counts
    had_stock: Bools
    returns: Returns
    order_lines: OrderLines


def run(chain: Chain, days: Days, demand: Demand, pricing: Pricing, rng: np.random.Generator) -> History:
    """Play the history through."""
    world = _World(chain, days, demand, pricing, rng)
    for day in range(len(days)):
        world.morning(day)
        world.trade(day)
        world.evening(day)
    return world.history()


class _World:
    """State of the simulation."""

    def __init__(self, chain: Chain, days: Days, demand: Demand, pricing: Pricing, rng: np.random.Generator) -> None:
        self._chain, self._days, self._demand, self._rng = chain, days, demand, rng
        self._purchasing = Purchasing(chain, days, demand, pricing, rng)
        self._shelf = Shelf(chain)
        shape = demand.units.shape
        names = ("received", "sold", "returned", "unfit", "in", "out", "lost", "wasted", "adjusted")
        self._units: dict[str, Counts] = {name: np.zeros(shape, dtype=np.int32) for name in names}
        self._had_stock: Bools = np.zeros(shape, dtype=np.bool_)
        self._coming_back: Counts = np.zeros((shape[0] + _LONGEST_RETURN_DAYS + 2, *shape[1:]), dtype=np.int32)
        self._returns: list[tuple[Ints, Ints, Ints, Ints]] = []
        self._return_chance = self._return_chances()
        self._share_elapsed = days.share_elapsed()
        self._opening = self._stock_up()

    def _return_chances(self) -> Doubles:
        chances = [_RETURN_CHANCE.get(product.department, _RETURN_CHANCE_ELSEWHERE) for product in self._chain.products]
        return np.where(self._shelf.expires, _RETURN_CHANCE_FRESH, np.array(chances))

    def _stock_up(self) -> Counts:
        """Begin with something between the minimum and the maximum of everything on range."""
        self._purchasing.plan(0, self._units["sold"], self._had_stock)
        low, high = self._purchasing.minimum, self._purchasing.maximum
        units = low + np.floor(self._rng.random(low.shape) * (high - low + 1))
        stocked = units * self._demand.is_wanted[0] * (self._demand.planned[0] > 0)
        opening: Counts = np.asarray(stocked, dtype=np.int32)
        self._shelf.put(opening)
        return opening

    def morning(self, day: int) -> None:
        """Deliveries, transfers that left yesterday, new transfers, orders."""
        received = self._purchasing.receive(day, self._happened(hours.RECEIPT_HOUR, day))
        self._units["received"][day] = received
        self._shelf.put(received)
        if day:
            sent = self._units["out"][day - 1]
            if sent.any():
                self._units["in"][day] = self._arrived(day, sent)
                self._shelf.put(self._units["in"][day])
        if self._days.weekday[day] == _TRANSFER_WEEKDAY and not self._days.is_closed[day]:
            self._send_transfers(day)
        self._purchasing.plan(day, self._units["sold"], self._had_stock)
        self._purchasing.order(day, self._shelf.on_hand, self._happened(hours.ORDER_HOUR, day))

    def trade(self, day: int) -> None:
        """Returns come back, and shoppers take what they want as far as it lasts."""
        returned = self._coming_back[day]
        self._units["returned"][day] = returned
        self._units["unfit"][day] = returned * self._shelf.expires
        self._shelf.put(returned * ~self._shelf.expires)
        sold = np.minimum(self._demand.units[day], self._shelf.on_hand)
        self._units["sold"][day] = sold
        self._shelf.take(sold)
        self._schedule_returns(day, sold)

    def evening(self, day: int) -> None:
        """Losses, stock counts, and what has expired."""
        shape = self._shelf.on_hand.shape
        is_over = self._happened(hours.SHRINKAGE_HOUR, day)[:, None]
        lost = ((self._rng.random(shape) < _LOSS_CHANCE) & (self._shelf.on_hand > 0) & is_over).astype(np.int32)
        self._units["lost"][day] = lost
        self._shelf.take(lost)
        if day % _COUNT_EVERY_DAYS == _COUNT_EVERY_DAYS - 1:
            found = self._rng.integers(-2, 3, size=shape) * (self._rng.random(shape) < _COUNT_CHANCE) * is_over
            keeps = ~self._shelf.expires & self._demand.is_wanted[day]
            adjusted = (np.maximum(found, -self._shelf.on_hand) * keeps).astype(np.int32)
            self._units["adjusted"][day] = adjusted
            self._shelf.put(adjusted)
        self._units["wasted"][day] = self._shelf.expire(self._happened(hours.WASTE_HOUR, day))
        self._had_stock[day] = self._shelf.on_hand > 0

    def _happened(self, hour: float, day: int) -> Bools:
        return np.asarray(self._days.midnight_at[day] + round(hour * 3600) <= self._days.as_of)

    def _arrived(self, day: int, sent: Counts) -> Counts:
        """What was sent off yesterday, at the one other store that it was for."""
        receiver = self._receiver
        arrived = np.zeros_like(sent)
        products = np.flatnonzero(sent.any(axis=0))
        arrived[receiver[products], products] = sent.sum(axis=0)[products]
        return np.asarray(arrived * self._happened(hours.TRANSFER_HOUR, day)[:, None], dtype=np.int32)

    def _send_transfers(self, day: int) -> None:
        """For products that ran out in one store while another has plenty, share what is above its maximum."""
        on_hand = self._shelf.on_hand
        is_out = (on_hand == 0) & self._demand.is_wanted[day] & (self._purchasing.minimum > 0)
        surplus = np.where(self._shelf.expires, 0, on_hand - self._purchasing.maximum)
        giver, self._receiver = surplus.argmax(axis=0), is_out.argmax(axis=0)
        products = np.arange(on_hand.shape[1])
        units = np.minimum(surplus[giver, products], self._purchasing.maximum[self._receiver, products])
        can_send = self._happened(hours.TRANSFER_HOUR, day)[giver] & is_out.any(axis=0) & (giver != self._receiver)
        sent = np.zeros_like(on_hand)
        sent[giver, products] = np.where(can_send & (units >= 2), units, 0)
        self._units["out"][day] = sent
        self._shelf.take(sent)

    def _schedule_returns(self, day: int, sold: Counts) -> None:
        """Choose single units that will come back within two weeks, on a day the store is open, before now."""
        chance = 1 - (1 - self._return_chance) ** sold
        store, product = np.nonzero(self._rng.random(sold.shape) < chance)
        if not len(store):
            return
        back = day + self._rng.integers(1, _LONGEST_RETURN_DAYS + 1, size=len(store))
        last = len(self._days) - 1
        inside = np.minimum(back, last)
        back = back + self._days.is_closed[inside]
        inside = np.minimum(back, last)
        is_past = (back <= last) & (self._rng.random(len(store)) < self._share_elapsed[inside, store])
        back, store, product = back[is_past], store[is_past], product[is_past]
        np.add.at(self._coming_back, (back, store, product), 1)
        self._returns.append((np.full(len(back), day), back, store, product))

    def history(self) -> History:
        """Everything that happened."""
        units = self._units
        parts = zip(*self._returns, strict=True)
        return History(
            opening=self._opening,
            closing=self._shelf.on_hand,
            received=units["received"],
            sold=units["sold"],
            returned=units["returned"],
            unfit=units["unfit"],
            transferred_in=units["in"],
            transferred_out=units["out"],
            lost=units["lost"],
            wasted=units["wasted"],
            adjusted=units["adjusted"],
            had_stock=self._had_stock,
            returns=Returns(*(np.concatenate(part) for part in parts)),
            order_lines=self._purchasing.lines(),
        )
