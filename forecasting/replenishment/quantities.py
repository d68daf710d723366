"""From a service level to a quantity: order-up-to, then packs and minimum by expected cost, and the shelf life."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.cycle import Cycle
from forecasting.replenishment.demand import Bools, Floats, Ints
from forecasting.replenishment.service_levels import UnitCosts

_SMALLEST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected costs of a quantity until the delivery after this order's; waste by its share. Shape (lines,)."""

    holding: Floats
    shortage: Floats
    waste: Floats

    @property
    def total(self) -> Floats:
        """All three together."""
        return np.asarray(self.holding + self.shortage + self.waste)


@dataclass(frozen=True, slots=True)
class Need:
    """Why a line needs how much. Shape (lines,) unless said otherwise.

    Attributes:
        position: Inventory position: what can be counted on until the cycle's end.
        wanted: Demand at the service level until the cycle's end.
        order_up_to: Position that the order aims at: the same, or what can be sold within the shelf life.
        unrounded: Order-up-to less position; below zero where there is more than enough.
        step: Units that orders come in.
        least: Smallest order, in whole steps.
        most: Largest order that can be sold within its shelf life at the service level; infinite where goods keep.
        is_capped: Whether the shelf life lowered the order-up-to level.
        quantity: Units to order, zero where it is not worth it.
        costs: What too few and too many cost in the choice between quantities.
        handling: What an order line costs, whatever its quantity.
        servable: Demand by scenario, from the cycle. Shape (lines, scenarios).
        shelf_demand: The same until the goods expire.
    """

    position: Floats
    wanted: Floats
    order_up_to: Floats
    unrounded: Floats
    step: Floats
    least: Floats
    most: Floats
    is_capped: Bools
    quantity: Floats
    costs: UnitCosts
    handling: Floats
    servable: Floats
    shelf_demand: Floats

    def take(self, rows: Bools | Ints) -> Need:
        """Those of some lines only."""
        costs = self.costs.take(rows)
        parts = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "costs"}
        return Need(costs=costs, **{name: values[rows] for name, values in parts.items()})

    def expected(self, quantity: Floats, costs: UnitCosts | None = None) -> Expected:
        """Expected costs of ordering so much of each line, by the costs of the choice or by others."""
        costs = costs or self.costs
        stock = (self.position + quantity)[:, None]
        left = np.maximum(stock - self.servable, 0.0).mean(axis=1)
        short = np.maximum(self.servable - stock, 0.0).mean(axis=1)
        return Expected(costs.holding * left, costs.shortage * short, costs.waste * self._waste_a_cycle(quantity))

    def wasted(self, quantity: Floats) -> Floats:
        """Expected units of an order that expire before they are sold: first in, first out."""
        stock = (self.position + quantity)[:, None]
        return np.asarray(np.clip(stock - self.shelf_demand, 0.0, quantity[:, None]).mean(axis=1))

    def _waste_a_cycle(self, quantity: Floats) -> Floats:
        """The waste of an order, shared among the cycles that it lasts for.

        A pack that serves four cycles and then spoils in part is bought once in four cycles: charged to one alone, it
        would never be worth ordering.
        """
        sold = np.minimum((self.position + quantity)[:, None], self.shelf_demand).mean(axis=1)
        cycles = sold / np.maximum(self.servable.mean(axis=1), _SMALLEST)
        return np.asarray(self.wasted(quantity) / np.maximum(cycles, 1.0))

    def risk(self, quantity: Floats) -> Floats:
        """Chance that a sale is missed before the next order is on the shelf."""
        return np.asarray((self.servable > (self.position + quantity)[:, None] + _SMALLEST).mean(axis=1))

    def missed(self, quantity: Floats) -> Floats:
        """Expected units missed until then."""
        return np.asarray(np.maximum(self.servable - (self.position + quantity)[:, None], 0.0).mean(axis=1))


def find_need(
    cycle: Cycle,
    lines: pd.DataFrame,
    position: Floats,
    level: Floats,
    ratio: Floats,
    costs: UnitCosts,
    order_line_cost: float = 0.0,
) -> Need:
    """What each line needs now, rounded to what can be ordered.

    Args:
        cycle: The cycle of each line.
        lines: `moq` and `pack_size`, NaN where there is none.
        position: Inventory position.
        level: Service level.
        ratio: Critical ratio by the same costs as below.
        costs: Costs of too few and too many, assumed where they are unknown.
        order_line_cost: What an order line costs, whatever its quantity.
    """
    wanted = quantile(cycle.servable, level)
    sellable = quantile(cycle.shelf_demand, level)
    order_up_to = np.minimum(wanted, sellable)
    step = positive(lines["pack_size"], 1.0)
    least = np.ceil(positive(lines["moq"], 0.0) / step - _SMALLEST) * step
    need = Need(
        position=position,
        wanted=wanted,
        order_up_to=order_up_to,
        unrounded=order_up_to - position,
        step=step,
        least=np.maximum(least, step),
        most=sellable - position,
        is_capped=sellable < wanted,
        quantity=np.zeros(len(lines)),
        costs=choice_costs(cycle, order_up_to, level, ratio, costs),
        handling=np.full(len(lines), order_line_cost),
        servable=cycle.servable,
        shelf_demand=cycle.shelf_demand,
    )
    return replace(need, quantity=round_by_cost(need))


def round_by_cost(need: Need) -> Floats:
    """The cheaper of the orders around the unrounded need, if it saves more than an order line costs.

    Never a full one past the shelf life if less is possible.
    """
    wanted = np.maximum(need.unrounded, 0.0)
    below = np.floor(wanted / need.step + _SMALLEST) * need.step
    above = np.maximum(np.ceil(wanted / need.step - _SMALLEST) * need.step, need.least)
    below = np.where(below < need.least, 0.0, below)
    is_up = need.expected(above).total < need.expected(below).total
    is_up &= (above <= need.most + _SMALLEST) | (below == 0)
    chosen = np.where(is_up, above, below)
    is_worth_it = need.expected(chosen).total + need.handling < need.expected(np.zeros(len(chosen))).total
    return np.where((wanted > _SMALLEST) & is_worth_it, chosen, 0.0)


def choice_costs(cycle: Cycle, stock: Floats, level: Floats, ratio: Floats, costs: UnitCosts) -> UnitCosts:
    """The costs by which quantities are chosen.

    A level above the critical ratio says that a missed sale is worth more than its margin: it then counts what makes
    the level the cheapest. One below it lowers what is aimed at, but whether a pack is worth buying is still up to what
    it earns.

    Args:
        cycle: The cycle of each line.
        stock: Stock that the level asks for.
        level: Service level.
        ratio: Critical ratio by the same costs.
        costs: Costs of too few and too many.
    """
    holding = np.maximum(costs.holding, _SMALLEST * costs.waste)
    spoils = (cycle.shelf_demand < stock[:, None]).mean(axis=1)
    sold = np.minimum(stock[:, None], cycle.shelf_demand).mean(axis=1)
    cycles = np.maximum(sold / np.maximum(cycle.servable.mean(axis=1), _SMALLEST), 1.0)
    implied = (holding * level + costs.waste * spoils / cycles) / (1 - level)
    shortage = np.where(level > ratio + _SMALLEST, np.maximum(costs.shortage, implied), costs.shortage)
    return UnitCosts(shortage, holding, costs.waste)


def quantile(values: Floats, level: Floats) -> Floats:
    """The smallest value that each row's scenarios stay at or below with a chance of at least its level."""
    last = values.shape[1] - 1
    rank = np.clip(np.ceil(level * (last + 1) - _SMALLEST).astype(np.int64) - 1, 0, last)
    return np.asarray(np.take_along_axis(np.sort(values, axis=1), rank[:, None], axis=1)[:, 0])


def positive(column: pd.Series[float], otherwise: float) -> Floats:
    """A column's numbers, and `otherwise` where they are missing or not above zero."""
    values = column.to_numpy(dtype=float)
    return np.where(np.isfinite(values) & (values > 0), values, otherwise)
