"""A chain to replay: product-stores with their terms, what was wanted in truth, and how long suppliers took.

Days are periods. A day begins with what arrives; goods are ordered on the morning after the day's sales, so an order of
today's morning belongs to the end of yesterday, and one with a lead time of n days is on the shelf n days later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.replenishment.inputs import Inputs
from forecasting.replenishment.replay.shelf import KEEPS, Counts, Units
from forecasting.replenishment.replay.simulation import Prices, World
from forecasting.replenishment.service_levels import assumed_costs
from forecasting.replenishment.terms import resolve_terms
from retail.settings import Settings

LONGEST_LIFE_DAYS: Final = 30
"""Goods that keep longer are taken to keep for ever, as the sample chain does: they sell out well before."""

_LATEST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Chain:
    """Product-stores of a chain around a hold-out. Arrays have a row per line; histories a column per day.

    Attributes:
        inputs: The marts as they stood before the hold-out.
        lines: Terms of each line: `supplier_id`, `order_days`, `lead_time_days`, `moq`, `pack_size`, `unit_cost`, ….
        first: First day of the hold-out.
        sold: Units sold in fact, from long before the hold-out to its end. Shape (lines, days).
        in_stock: Whether the day ended with stock. Same shape.
        start: Number of the hold-out's first day in `sold`.
    """

    inputs: Inputs
    lines: pd.DataFrame
    first: date
    sold: Units
    in_stock: NDArray[np.bool_]
    start: int

    @property
    def pack(self) -> Units:
        """Units that orders come in."""
        pack: Units = self.lines["pack_size"].fillna(1.0).clip(lower=1.0).to_numpy(dtype=float)
        return pack

    @property
    def lead(self) -> Counts:
        """Promised lead time, days."""
        return self.lines["lead_time_days"].round().to_numpy(dtype=np.int64)

    @property
    def review(self) -> Units:
        """Mean days between two order days."""
        return np.array([7 / len(days) if days else 1.0 for days in self.lines["order_days"]])

    @property
    def shelf_life(self) -> Counts:
        """Days that goods can be sold for."""
        days = self.lines["shelf_life_days"].fillna(KEEPS).to_numpy(dtype=np.int64)
        return np.where(days > LONGEST_LIFE_DAYS, KEEPS, days)

    def takes_orders(self, weekday: int) -> NDArray[np.bool_]:
        """Lines whose supplier takes orders on a weekday, 0 being Monday."""
        return np.array([not days or weekday in days for days in self.lines["order_days"]])

    def today(self, period: int) -> date:
        """The morning on which the orders at the end of a period are placed."""
        return (pd.Timestamp(self.first) + pd.Timedelta(days=period + 1)).date()

    def reaches_minimum(self, quantity: Units) -> Units:
        """The orders without those of suppliers whose minimum they do not reach: they are not sent."""
        amount = quantity * self.lines["unit_cost"].fillna(0.0).to_numpy(dtype=float)
        keys = [self.lines["store_id"].to_numpy(), self.lines["supplier_id"].astype(str).to_numpy()]
        total = pd.Series(amount).groupby(keys).transform("sum").to_numpy()
        minimum = self.lines["supplier_minimum_amount"].fillna(0.0).to_numpy(dtype=float)
        return np.where(total >= minimum, quantity, 0.0)


def chain_of(
    inputs: Inputs, first: date, sold: Units, in_stock: NDArray[np.bool_], start: int, settings: Settings
) -> Chain:
    """Resolve the terms of the lines; histories are in their order."""
    lines = resolve_terms(inputs.lines, inputs.terms, inputs.suppliers, [], settings)
    return Chain(inputs, lines, first, sold, in_stock, start)


def prices_of(chain: Chain, settings: Settings, ordering: float) -> Prices:
    """What units cost, per day: holding rate on cost, margin and goodwill for a lost sale, cost for waste.

    Args:
        chain: Lines with price and cost; a cost that nobody knows is assumed from the price.
        settings: Holding and goodwill rates.
        ordering: Cost of an order line.
    """
    money = assumed_costs(chain.lines.assign(review_days=1.0), settings)
    return Prices(
        holding=np.asarray(money.holding, dtype=float),
        shortage=np.asarray(money.shortage, dtype=float),
        waste=np.asarray(money.waste, dtype=float),
        ordering=ordering,
    )


def world_of(chain: Chain, demand: Units, on_hand: Units, in_transit: Units, delays: pd.DataFrame, seed: int) -> World:
    """The hold-out as every policy meets it: true demand, and lead times drawn from past receipts.

    Args:
        chain: Lines and terms.
        demand: Units wanted. Shape (lines, days).
        on_hand: Units on the morning of the first day, taken as fresh.
        in_transit: Units ordered before, by day of arrival. Shape (lines, days).
        delays: Past receipts: `supplier_id`, `delay_days` against the promise.
        seed: Of the draws; an order of a supplier on a day comes as a whole, so its lines share the draw.
    """
    generator = np.random.default_rng(seed)
    lead_times = np.repeat(chain.lead[:, None], demand.shape[1], axis=1)
    suppliers = chain.lines["supplier_id"].to_numpy(dtype=object)
    for supplier, seen in delays.groupby("supplier_id", sort=True)["delay_days"]:
        rows = suppliers == supplier
        drawn = generator.choice(seen.to_numpy(dtype=np.int64), size=demand.shape[1])
        lead_times[rows] += np.clip(drawn, 0, _LATEST_DAYS)
    return World(
        demand=demand,
        on_hand=on_hand,
        in_transit=in_transit,
        lead_times=np.maximum(lead_times, 0),
        promised=chain.lead,
        shelf_life=chain.shelf_life,
    )
