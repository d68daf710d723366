"""From what each line needs to what is drafted: stores share first, suppliers' minimums and the budget come after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.allocation import below_minimum, keep_to_budget, reach_minimums
from forecasting.replenishment.demand import Bools, Floats, Ints
from forecasting.replenishment.lines import Lines
from forecasting.replenishment.policy import Plan
from forecasting.replenishment.quantities import quantile
from forecasting.replenishment.transfers import find_transfers
from retail.settings import Settings

_LEAST_SALES: Final = 1.0
"""Expected sales that a transfer must save."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is drafted, after transfers, suppliers' minimums and the budget. Shape (lines,).

    Attributes:
        quantity: Units; zero where nothing is drafted.
        from_row: Line that gives the units; -1 for an order.
        filled: Lines that the supplier's minimum changed.
        below_minimum: Lines of orders below it.
        cut: Lines that the budget changed.
        forgotten: Lines with a delivery so late that it is not counted on.
    """

    quantity: Floats
    from_row: Ints
    filled: Bools
    below_minimum: Bools
    cut: Bools
    forgotten: Bools


def decide_outcome(lines: Lines, plan: Plan, settings: Settings, approved: pd.DataFrame, today: date) -> Outcome:
    """What is drafted of each line's need.

    Args:
        lines: Lines.
        plan: What each needs.
        settings: The budget and the holding rate.
        approved: Approved drafts: money of the same orders and of the same day that is spent already.
        today: The day whose budget it is.
    """
    frame = lines.frame
    moved = find_transfers(frame, plan.need.unrounded, _saving(plan), _spare(lines, plan))
    receivers = moved["row"].to_numpy(dtype=np.int64)
    orders = plan.need.quantity.copy()
    orders[receivers] = 0.0
    may_order = frame["may_order"].to_numpy(dtype=bool).copy()
    may_order[receivers] = False
    need = replace(plan.need, quantity=orders)
    committed = _committed(approved)
    filled = reach_minimums(need, frame.assign(may_order=may_order), settings.holding_cost_rate, committed)
    bought, cut = filled.quantity, np.zeros(len(frame), dtype=bool)
    if settings.order_budget is not None:
        left = max(settings.order_budget - _spent_today(approved, today), 0.0)
        within = keep_to_budget(need, filled.quantity, _unit_money(frame), left)
        bought, cut = within.quantity, within.is_changed
    from_row = np.full(len(frame), -1, dtype=np.int64)
    from_row[receivers] = moved["from_row"].to_numpy(dtype=np.int64)
    quantity = bought.copy()
    quantity[receivers] = moved["quantity"].to_numpy(dtype=float)
    return Outcome(
        quantity=quantity,
        from_row=from_row,
        filled=filled.is_changed & ~cut,
        below_minimum=below_minimum(bought, frame, committed),
        cut=cut,
        forgotten=lines.forgotten,
    )


def _saving(plan: Plan) -> Floats:
    """Expected cost that having the need saves; zero where that is less than one sale: not worth the walk."""
    wanted = np.maximum(np.ceil(plan.need.unrounded - 1e-9), 0.0)
    nothing = np.zeros(len(wanted))
    saved = plan.need.expected(nothing).total - plan.need.expected(wanted).total
    sales = plan.need.missed(nothing) - plan.need.missed(wanted)
    return np.where(sales >= _LEAST_SALES, saved, 0.0)


def _spare(lines: Lines, plan: Plan) -> Floats:
    """Units on hand beyond a store's own need until its next order and over the next four weeks."""
    own = np.maximum(quantile(plan.cycle.servable, plan.level), quantile(plan.cycle.coming, plan.level))
    return np.maximum(lines.supply.available - plan.expiring - own, 0.0)


def _committed(approved: pd.DataFrame) -> pd.Series[float]:
    orders = approved[approved["from_store_id"].isna()]
    keys = [
        f"{supplier}|{store}|{day.isoformat()}"
        for supplier, store, day in zip(orders["supplier_id"], orders["store_id"], orders["order_date"], strict=True)
    ]
    return orders.groupby(np.array(keys, dtype=object))["amount"].sum()


def _spent_today(approved: pd.DataFrame, today: date) -> float:
    is_today = [day >= today for day in approved["decided_date"]]
    return float(approved.loc[is_today, "amount"].sum())


def _unit_money(frame: pd.DataFrame) -> Floats:
    """What a unit takes of the budget; its price where nobody knows its cost."""
    return frame["unit_cost"].fillna(frame["price"]).fillna(0.0).to_numpy(dtype=float)
