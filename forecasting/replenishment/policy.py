"""The policy: from demand, supply and terms to what each line should order, before money runs out or stores share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from forecasting.replenishment.cycle import Cycle, Supply, simulate_cycle
from forecasting.replenishment.demand import DemandTotals, Floats, Scenarios
from forecasting.replenishment.quantities import Need, find_need
from forecasting.replenishment.service_levels import (
    UnitCosts,
    assumed_costs,
    critical_ratios,
    service_levels,
    unit_costs,
)
from retail.settings import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """What each line should order and why. Shape (lines,) unless said otherwise.

    Attributes:
        cycle: The order cycle by scenario.
        need: Position, order-up-to level, quantity.
        costs: What too few and too many cost in money; NaN where unknown.
        ratio: Critical ratio; NaN where unknown.
        level: Service level aimed at.
        level_source: Where it comes from, in words.
        on_order: Units on their way that arrive before the cycle's end.
        on_order_later: Units on their way that arrive after it.
        expiring: Units on hand that expire before they are sold.
    """

    cycle: Cycle
    need: Need
    costs: UnitCosts
    ratio: Floats
    level: Floats
    level_source: list[str]
    on_order: Floats
    on_order_later: Floats
    expiring: Floats


def plan_orders(
    lines: pd.DataFrame, demand: DemandTotals, supply: Supply, settings: Settings, scenarios: Scenarios
) -> Plan:
    """Decide what each line should order at its next chance; zero where waiting for the one after is better.

    Args:
        lines: `price`, `unit_cost`, `review_days`, `moq`, `pack_size`, `service_level`, `service_level_source`,
            `abc_class`, `xyz_class`, `may_order` (false: never orders).
        demand: Cumulative demand, in the order of the lines.
        supply: Stock, deliveries, order days and lead times, in the same order.
        settings: Rates and the lowest and highest service level.
        scenarios: Draws that all lines share.
    """
    cycle = simulate_cycle(demand, supply, scenarios)
    expiring = np.where(demand.is_whole, np.rint(cycle.expiring), cycle.expiring)
    expiring = np.minimum(expiring, supply.available)
    is_near = supply.arrivals["day"].to_numpy() < cycle.protection_days[supply.arrivals["row"].to_numpy()]
    on_order = _by_line(supply.arrivals[is_near], len(lines))
    costs = unit_costs(lines, settings)
    assumed = assumed_costs(lines, settings)
    usual = critical_ratios(cycle, assumed)
    ratio = np.where(np.isnan(costs.waste), np.nan, usual)
    level, source = service_levels(lines, ratio, settings)
    position = supply.available + on_order - expiring
    need = find_need(cycle, lines, position, level, usual, assumed, settings.order_line_cost)
    allowed = lines["may_order"].to_numpy(dtype=bool)
    return Plan(
        cycle=cycle,
        need=replace(need, quantity=np.where(allowed, need.quantity, 0.0)),
        costs=costs,
        ratio=ratio,
        level=level,
        level_source=source,
        on_order=on_order,
        on_order_later=_by_line(supply.arrivals[~is_near], len(lines)),
        expiring=expiring,
    )


def _by_line(arrivals: pd.DataFrame, lines: int) -> Floats:
    units = np.zeros(lines)
    np.add.at(units, arrivals["row"].to_numpy(dtype=np.int64), arrivals["quantity"].to_numpy(dtype=float))
    return units
