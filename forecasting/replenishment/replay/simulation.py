"""The simulator of a replay: periods of receiving, selling, paying and ordering, over many rows at once.

A row is a series, or a series on one of several random paths. In each period, in this order: what is due arrives; the
shelf sells min(demand, stock), oldest first, and the rest of the demand is lost; what has expired is thrown away;
holding is paid on what is left, shortage on what was lost, waste on what expired; then, in the first period and every
`review`-th one after it, the policy orders. An order placed at the end of period t with lead time L is on the shelf at
the start of t + L + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecasting.replenishment.replay.shelf import KEEPS, Counts, Shelf, Units

NEVER = np.iinfo(np.int64).max
_WHOLE = 1e-9


@dataclass(frozen=True, slots=True)
class Prices:
    """What a unit costs, in any one currency: a number for all rows, or one per row.

    Attributes:
        holding: Of a unit on the shelf at the end of a period.
        shortage: Of a unit of demand that was lost.
        waste: Of a unit that expired.
        ordering: Of an order, whatever its size.
    """

    holding: float | Units
    shortage: float | Units
    waste: float | Units = 0.0
    ordering: float | Units = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """What happens to every policy alike: common random paths.

    Attributes:
        demand: Units wanted. Shape (rows, periods).
        on_hand: Units on the shelf at the start. Shape (rows,).
        in_transit: Units that arrive in the first periods, ordered before the start. Shape (rows, any number).
        lead_times: Periods that an order placed at the end of each period takes. Shape (rows, periods).
        promised: Lead time that a policy may count on. Shape (rows,).
        shelf_life: Periods for which goods can be sold, `KEEPS` if they do not expire. Shape (rows,).
        review: Periods between two order moments.
    """

    demand: Units
    on_hand: Units
    in_transit: Units
    lead_times: Counts
    promised: Counts
    shelf_life: Counts
    review: int = 1

    @classmethod
    def steady(cls, demand: Units, on_hand: Units, in_transit: Units, *, lead_time: int, review: int = 1) -> World:
        """A world in which every order takes the same time and nothing expires."""
        rows = len(demand)
        return cls(
            demand=demand,
            on_hand=on_hand,
            in_transit=in_transit,
            lead_times=np.full(demand.shape, lead_time, dtype=np.int64),
            promised=np.full(rows, lead_time, dtype=np.int64),
            shelf_life=np.full(rows, KEEPS, dtype=np.int64),
            review=review,
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """What a policy sees when it orders: the end of a period, after its sales.

    Attributes:
        period: Number of the period that has just ended, from 0.
        on_hand: Units on the shelf. Shape (rows,).
        by_life: The same by periods that they can still be sold for, 1 and up; the last column does not expire.
        outstanding: Units ordered and not arrived, by order. Shape (rows, orders).
        due_in: Periods until each order is due as promised: 1 is the next period, less is late. Same shape.
    """

    period: int
    on_hand: Units
    by_life: Units
    outstanding: Units
    due_in: Counts

    @property
    def on_order(self) -> Units:
        """Units ordered and not arrived. Shape (rows,)."""
        total: Units = self.outstanding.sum(axis=1)
        return total

    @property
    def position(self) -> Units:
        """Inventory position: on hand and on order."""
        return self.on_hand + self.on_order

    def arrivals(self, periods: int) -> Units:
        """Units due in each of the next periods, late ones in the next. Shape (rows, periods)."""
        due = np.zeros((len(self.on_hand), periods))
        for ahead in range(periods):
            is_due = np.maximum(self.due_in, 1) == ahead + 1
            due[:, ahead] = np.where(is_due, self.outstanding, 0.0).sum(axis=1)
        return due


class Policy(Protocol):
    """Decides how much to order. It keeps no state of a run, so that it can be replayed again."""

    @property
    def name(self) -> str:
        """Name in tables and plots."""

    def order(self, moment: Moment) -> Units:
        """Units to order now, per row; negative counts as nothing, a fraction is rounded up."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened, in units. Every matrix has shape (rows, periods).

    Attributes:
        demand: Units wanted.
        received: Units that arrived.
        sold: Units sold.
        wasted: Units that expired at the end of the period.
        left: Units on the shelf at the end of the period, after waste.
        ordered: Units ordered at the end of the period.
    """

    demand: Units
    received: Units
    sold: Units
    wasted: Units
    left: Units
    ordered: Units

    @property
    def lost(self) -> Units:
        """Units of demand that were not served."""
        return self.demand - self.sold


def simulate(world: World, policy: Policy) -> Tally:
    """Run one policy through a world."""
    rows, periods = world.demand.shape
    shelf = Shelf(world.on_hand, world.shelf_life)
    before = world.in_transit.shape[1]
    outstanding: Units = np.zeros((rows, before + periods))
    outstanding[:, :before] = world.in_transit
    arrives: Counts = np.full((rows, before + periods), NEVER)
    promised = arrives.copy()
    arrives[:, :before] = promised[:, :before] = np.arange(before)
    tally = Tally(world.demand, *(np.zeros((rows, periods)) for _ in range(5)))
    for period in range(periods):
        is_due = arrives == period
        tally.received[:, period] = np.where(is_due, outstanding, 0.0).sum(axis=1)
        outstanding[is_due] = 0.0
        shelf.receive(tally.received[:, period])
        tally.sold[:, period] = shelf.sell(world.demand[:, period])
        tally.wasted[:, period] = shelf.expire()
        tally.left[:, period] = shelf.on_hand
        if period % world.review:
            continue
        moment = Moment(period, shelf.on_hand, shelf.by_life.copy(), outstanding.copy(), promised - period)
        quantity = whole(policy.order(moment))
        tally.ordered[:, period] = quantity
        outstanding[:, before + period] = quantity
        arrives[:, before + period] = period + world.lead_times[:, period] + 1
        promised[:, before + period] = period + world.promised + 1
    return tally


def costs(tally: Tally, prices: Prices) -> dict[str, NDArray[np.float64]]:
    """Cost by kind (`holding`, `shortage`, `waste`, `ordering`), each of shape (rows, periods)."""

    def column(price: float | Units) -> float | Units:
        return price if isinstance(price, float | int) else price[:, None]

    return {
        "holding": column(prices.holding) * tally.left,
        "shortage": column(prices.shortage) * tally.lost,
        "waste": column(prices.waste) * tally.wasted,
        "ordering": column(prices.ordering) * (tally.ordered > 0).astype(np.float64),
    }


def whole(quantity: Units) -> Units:
    """Whole units, rounded up; nothing where negative."""
    return np.maximum(np.ceil(quantity - _WHOLE), 0.0)
