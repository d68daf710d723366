"""The chance of not running out that an order aims at: where one unit more costs what it saves.

A unit more is missed if demand exceeds it, which costs its margin and goodwill (Cu), and else is kept until the order
after (Ch), or thrown away if it expires first (its cost). For goods that keep that is the critical ratio Cu / (Cu + Ch)
of the newsvendor (Arrow, Harris and Marschak 1951). Where stock lasts for several cycles, its waste is shared among
them: what is bought once in four cycles must not be charged to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.cycle import Cycle
from forecasting.replenishment.demand import Bools, Floats, Ints
from retail.settings import Settings

CLASS_LEVELS: Final = {
    "AX": 0.98, "AY": 0.97, "AZ": 0.95,
    "BX": 0.95, "BY": 0.95, "BZ": 0.93,
    "CX": 0.92, "CY": 0.90, "CZ": 0.85,
}  # fmt: skip
"""Levels by ABC-XYZ class, for what has no known cost: much for what earns much and sells steadily."""
CRITICAL_RATIO: Final = "critical ratio"
ASSUMED_COST_SHARE: Final = 0.7
"""Cost of a unit as a share of its price, to weigh shortage against waste where nobody knows the cost."""
_DAYS_A_YEAR: Final = 365.0
_SMALLEST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """What one unit too few or too many costs, in the reporting currency; NaN where no cost is known. Shape (lines,).

    Attributes:
        shortage: A sale missed: margin and goodwill.
        holding: A unit kept from this delivery to the next.
        waste: A unit thrown away.
    """

    shortage: Floats
    holding: Floats
    waste: Floats

    def take(self, rows: Bools | Ints) -> UnitCosts:
        """Those of some lines only."""
        return UnitCosts(self.shortage[rows], self.holding[rows], self.waste[rows])


def unit_costs(lines: pd.DataFrame, settings: Settings) -> UnitCosts:
    """Costs of too few and too many.

    Args:
        lines: `price`, `unit_cost` (NaN where unknown) and `review_days`.
        settings: Holding cost rate and goodwill rate.
    """
    return _costs(lines, lines["unit_cost"].to_numpy(dtype=float), settings)


def assumed_costs(lines: pd.DataFrame, settings: Settings) -> UnitCosts:
    """The same with a cost assumed where none is known: for choices between quantities, never to be shown."""
    known = lines["unit_cost"].to_numpy(dtype=float)
    price = lines["price"].fillna(1.0).to_numpy(dtype=float)
    return _costs(lines, np.where(np.isnan(known), ASSUMED_COST_SHARE * np.maximum(price, 0.01), known), settings)


def _costs(lines: pd.DataFrame, cost: Floats, settings: Settings) -> UnitCosts:
    price = lines["price"].to_numpy(dtype=float)
    price = np.where(np.isnan(price), cost / ASSUMED_COST_SHARE, price)
    shortage = np.maximum(price - cost, 0.0) + settings.goodwill_rate * price
    holding = cost * settings.holding_cost_rate * lines["review_days"].to_numpy(dtype=float) / _DAYS_A_YEAR
    return UnitCosts(shortage, holding, cost)


def critical_ratios(cycle: Cycle, costs: UnitCosts) -> Floats:
    """The chance of not running out at the stock that costs least."""
    both = costs.shortage + costs.holding
    level = np.divide(costs.shortage, both, out=np.ones(len(both)), where=both > 0)
    for row in np.flatnonzero(np.isfinite(cycle.shelf_demand[:, 0])):
        stock = np.sort(cycle.servable[row])
        kept = _mean_excess(stock, stock)
        spoilt = _mean_excess(stock, np.sort(cycle.shelf_demand[row]))
        missed = kept - stock + stock.mean()
        cycles = np.maximum((stock - spoilt) / max(float(stock.mean()), _SMALLEST), 1.0)
        cost = costs.shortage[row] * missed + costs.holding[row] * kept + costs.waste[row] * spoilt / cycles
        cheapest = stock[np.argmin(cost)]
        level[row] = np.searchsorted(stock, cheapest, side="right") / len(stock)
    return np.asarray(level)


def _mean_excess(stock: Floats, demand: Floats) -> Floats:
    """Expected units of each stock that equally likely demands, ascending, leave over."""
    below = np.searchsorted(demand, stock)
    sums = np.concatenate([[0.0], demand.cumsum()])
    return np.asarray((stock * below - sums[below]) / len(demand))


def service_levels(lines: pd.DataFrame, ratios: Floats, settings: Settings) -> tuple[Floats, list[str]]:
    """The level of each line and where it comes from: set by a person, else the critical ratio, else the class.

    Args:
        lines: `service_level` (set by a person, or NaN), `service_level_source`, `abc_class`, `xyz_class`.
        ratios: Critical ratios, NaN without costs.
        settings: Whether the class decides everywhere; lowest and highest level. What a person has set stands.
    """
    classes = lines["abc_class"] + lines["xyz_class"]
    by_class = np.isnan(ratios) | (settings.service_level_by == "class")
    levels = np.where(by_class, classes.map(CLASS_LEVELS).to_numpy(dtype=float), ratios)
    levels = np.clip(levels, settings.minimum_service_level, settings.maximum_service_level)
    chosen = lines["service_level"].to_numpy(dtype=float)
    is_set = np.isfinite(chosen)
    sources = [
        str(source) if was_set else (f"class {name}" if is_by_class else CRITICAL_RATIO)
        for source, was_set, name, is_by_class in zip(
            lines["service_level_source"], is_set, classes, by_class, strict=True
        )
    ]
    return np.where(is_set, chosen, levels), sources
