"""Policies that a replay always compares with: multiples of recent demand, and a minimum and a maximum.

They know the history up to the end of the period in which they order, and nothing of what comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.replenishment.replay.shelf import Units
from forecasting.replenishment.replay.simulation import Moment, Prices, World, costs, simulate, whole

RECENT: Final = 13
"""Periods whose mean is a series' recent demand."""

TUNED_ON: Final = 26
"""Periods before the hold-out on which a policy's one free number is chosen."""

MULTIPLES: Final[Sequence[float]] = tuple(round(0.1 * step, 1) for step in range(121))
"""Multiples that `best_constant` chooses from: 0 to 12 times the recent mean."""

_START_ON_HAND = 2.0
_START_IN_TRANSIT = 1.0


@dataclass(frozen=True, slots=True)
class MeanMultiple:
    """Order the inventory position up to a multiple of the mean demand of the last 13 periods.

    Attributes:
        name: Name in tables.
        demand: Whole history with the periods of the replay. Shape (rows, all periods).
        start: First period of the replay.
        multiple: Times the mean.
    """

    name: str
    demand: Units
    start: int
    multiple: float

    def order(self, moment: Moment) -> Units:
        """See `Policy.order`."""
        end = self.start + moment.period + 1
        return self.multiple * recent_mean(self.demand, end) - moment.position


@dataclass(frozen=True, slots=True)
class MinMax:
    """As a plain ERP buys: when the position is at or below the minimum, order up to the maximum.

    The minimum covers the time until an order arrives and the next moment, with a safety of a third and a part of the
    square root of that; the maximum one order interval more. Both follow the mean of the last 13 periods.

    Attributes:
        name: Name in tables.
        demand: Whole history with the periods of the replay. Shape (rows, all periods).
        start: First period of the replay.
        protection: Periods until the order after this one can be sold from.
        review: Periods between order moments.
    """

    name: str
    demand: Units
    start: int
    protection: int
    review: int

    def order(self, moment: Moment) -> Units:
        """See `Policy.order`."""
        mean = recent_mean(self.demand, self.start + moment.period + 1)
        cover = mean * self.protection
        minimum = whole(1.3 * cover + 0.6 * np.sqrt(cover))
        maximum = minimum + np.maximum(1, whole(mean * self.review))
        return np.where(moment.position <= minimum, maximum - moment.position, 0.0)


def recent_mean(demand: Units, end: int) -> Units:
    """Mean demand of the last 13 of the first `end` periods. Shape (rows,)."""
    mean: Units = demand[:, max(0, end - RECENT) : end].mean(axis=1)
    return mean


def start_world(demand: Units, start: int, periods: int, *, lead_time: int, review: int) -> World:
    """The world from `start` on: twice the recent mean on hand, and one mean due in each period of the lead time."""
    mean = recent_mean(demand, start)
    in_transit = np.repeat(whole(_START_IN_TRANSIT * mean)[:, None], lead_time, axis=1)
    return World.steady(
        demand[:, start : start + periods],
        whole(_START_ON_HAND * mean),
        in_transit,
        lead_time=lead_time,
        review=review,
    )


def best_constant(demand: Units, start: int, prices: Prices, *, lead_time: int, review: int) -> MeanMultiple:
    """The multiple of the recent mean that was cheapest over the periods just before the hold-out.

    Args:
        demand: Whole history with the hold-out. Shape (rows, all periods).
        start: First period of the hold-out.
        prices: What units cost.
        lead_time: Periods.
        review: Periods between order moments.
    """
    first = start - TUNED_ON
    world = start_world(demand, first, TUNED_ON, lead_time=lead_time, review=review)
    paid = []
    for multiple in MULTIPLES:
        tally = simulate(world, MeanMultiple("", demand, first, multiple))
        paid.append(sum(float(cost.sum()) for cost in costs(tally, prices).values()))
    return MeanMultiple("best_constant", demand, start, MULTIPLES[int(np.argmin(paid))])
