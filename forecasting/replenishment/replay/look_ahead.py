"""Tillsight's policy: the order whose expected cost over sample paths of demand is least, for sales that are lost.

The stock is projected along each path to the moment when an order placed now arrives, through the deliveries on the way
and the sales that would be lost until then (projected inventory level: van Jaarsveld & Arts 2024; the myopic policy of
Zipkin 2008 is its form with costs). One more unit then costs holding in each period until the shelf first runs empty,
and saves one shortage if it does run empty before the next order arrives. The order is the smallest at which it costs
more than it saves: the critical ratio of a newsvendor where orders are possible in every period.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.replenishment.replay.shelf import Units
from forecasting.replenishment.replay.simulation import Moment

Paths = NDArray[np.float32]
"""Demand of shape (paths, rows, periods)."""

PathsAfter = Callable[[int], Paths]
"""Sample paths of the demand after a period of the replay, made from what was known at its end."""


@dataclass(frozen=True, slots=True)
class LookAhead:
    """Order by projected stock and marginal cost.

    Attributes:
        name: Name in tables.
        paths_after: Sample paths, at least `lead_time + review` periods long.
        lead_time: Periods until an order is there.
        review: Periods between order moments.
        holding: Cost of holding a unit for a period.
        shortage: Cost of a lost unit.
        caution: Times the holding cost that a unit left over is counted with. Above 1 where forecasts err and what is
            left stays beyond the periods looked at; chosen on history.
    """

    name: str
    paths_after: PathsAfter
    lead_time: int
    review: int
    holding: float
    shortage: float
    caution: float = 1.0

    def order(self, moment: Moment) -> Units:
        """See `Policy.order`."""
        needs = needed(self.paths_after(moment.period), moment.on_hand, moment.arrivals(self.window), self.lead_time)
        return cheapest(needs, self.caution * self.holding, self.shortage)

    @property
    def window(self) -> int:
        """Periods from now until the last one that this order alone must serve."""
        return self.lead_time + self.review


def needed(paths: Paths, on_hand: Units, arrivals: Units, lead_time: int) -> Units:
    """What an order must bring on each path so that nothing is lost up to each period after it arrives.

    Args:
        paths: Demand of shape (paths, rows, periods), at least as long as the arrivals.
        on_hand: Units on the shelf now. Shape (rows,).
        arrivals: Units on the way, by period. Shape (rows, periods).
        lead_time: Periods before the one in which the order can be sold from.

    Returns:
        Units, negative where stock is left anyway, not decreasing along the last axis. Shape (paths, rows, periods
        after the lead time).
    """
    stock = np.broadcast_to(on_hand, paths.shape[:2]).astype(np.float64)
    for period in range(lead_time):
        stock = np.maximum(stock + arrivals[:, period] - paths[..., period], 0.0)
    balance = np.cumsum(paths[..., lead_time : arrivals.shape[1]] - arrivals[:, lead_time:], axis=2) - stock[..., None]
    needs: Units = np.maximum.accumulate(balance, axis=2)
    return needs


def cheapest(needs: Units, holding: float, shortage: float) -> Units:
    """The smallest whole quantity at which one more unit costs at least as much as it saves, by bisection.

    Args:
        needs: See `needed`.
        holding: Cost of a unit for each period until the shelf runs empty.
        shortage: Cost of a lost unit.
    """
    most = np.ceil(np.maximum(needs[..., -1].max(axis=0), 0.0))
    least = np.full_like(most, -1.0)
    while (most - least > 1).any():
        middle = np.floor((least + most) / 2)
        is_kept = needs <= middle[:, None]
        lost = 1.0 - is_kept[..., -1].mean(axis=0)
        is_enough = holding * is_kept.mean(axis=0).sum(axis=1) >= shortage * lost
        most, least = np.where(is_enough, middle, most), np.where(is_enough, least, middle)
    return np.asarray(most)
