"""Suppliers' minimum amounts and the budget: money goes where one unit of it saves most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.demand import Bools, Floats, Ints
from forecasting.replenishment.quantities import Need

_LONGEST_COVER_DAYS: Final = 60.0
"""Days of demand beyond which nothing is added to reach a supplier's minimum."""
_MOST_STEPS: Final = 60
_CENT: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Allocation:
    """Quantities after the supplier's minimum or the budget.

    Attributes:
        quantity: Units. Shape (lines,).
        is_changed: Lines whose quantity the constraint changed.
    """

    quantity: Floats
    is_changed: Bools


def reach_minimums(
    need: Need, lines: pd.DataFrame, holding_rate: float, committed: pd.Series[float] | None = None
) -> Allocation:
    """Fill up orders that are below their supplier's minimum, where that costs less than it costs to wait.

    An order is all lines of one supplier, store and order date. What is added keeps longest-lasting stock lowest: the
    next step goes to the line that saves most, or costs least, per unit of money. Where waiting is cheaper, the lines
    stay as they are.

    Args:
        need: What each line needs.
        lines: `order_key` (missing where there is no supplier), `supplier_minimum_amount` (NaN: none), `unit_cost`,
            `mean_daily_demand`, `review_days`, `may_order` (false for lines that must not be added).
        holding_rate: Cost of keeping stock for a year, as a share of its cost.
        committed: Money already ordered by order key: approved drafts of the same order.
    """
    quantity = need.quantity.copy()
    for rows, missing in _small_orders(quantity, lines, committed):
        filled = _fill_up(need, lines, rows, quantity, missing, holding_rate)
        if filled is not None:
            quantity[rows] = filled
    return Allocation(quantity, quantity != need.quantity)


def below_minimum(quantity: Floats, lines: pd.DataFrame, committed: pd.Series[float] | None = None) -> Bools:
    """Lines of orders that do not reach their supplier's minimum; arguments as of `reach_minimums`."""
    short = np.zeros(len(lines), dtype=bool)
    for rows, _ in _small_orders(quantity, lines, committed):
        short[rows] = quantity[rows] > 0
    return short


def _small_orders(
    quantity: Floats, lines: pd.DataFrame, committed: pd.Series[float] | None
) -> Iterator[tuple[Ints, float]]:
    """The lines of each order below its minimum, and the money missing."""
    cost = lines["unit_cost"].to_numpy(dtype=float)
    minimums = lines["supplier_minimum_amount"].to_numpy(dtype=float)
    for key, found in lines.groupby("order_key", sort=True).indices.items():
        rows = np.asarray(found, dtype=np.int64)
        missing = minimums[rows[0]] - float(np.nansum(quantity[rows] * cost[rows]))
        missing -= float(committed.get(key, 0.0)) if committed is not None else 0.0
        if (quantity[rows] > 0).any() and missing > _CENT:
            yield rows, missing


def _fill_up(
    need: Need, lines: pd.DataFrame, rows: Ints, quantity: Floats, missing: float, holding_rate: float
) -> Floats | None:
    """Quantities that reach the minimum, or null if waiting for the next chance to order is cheaper or nothing fits."""
    part, some = need.take(rows), lines.iloc[rows]
    now = quantity[rows].copy()
    cost = some["unit_cost"].to_numpy(dtype=float)
    rate = np.maximum(some["mean_daily_demand"].to_numpy(dtype=float), 1e-9)
    kept = holding_rate / 365.0
    worth = float((part.expected(np.zeros(len(rows))).total - part.expected(now).total).sum())
    spent = 0.0
    while missing > _CENT:
        step = np.where(now == 0, part.least, part.step)
        after = part.expected(now + step)
        before = part.expected(now)
        days = np.maximum((part.position + now + step / 2) / rate, some["review_days"].to_numpy(dtype=float))
        saved = before.shortage + before.waste - after.shortage - after.waste - kept * cost * step * days
        fits = some["may_order"].to_numpy(dtype=bool) & (cost > 0) & (now + step <= part.most + 1e-9)
        fits &= (part.position + now + step) / rate <= _LONGEST_COVER_DAYS
        if not fits.any():
            return None
        per_money = np.where(fits, saved / np.where(cost > 0, cost * step, 1.0), -np.inf)
        best = int(np.argmax(per_money))
        now[best] += step[best]
        spent -= float(saved[best])
        missing -= float(cost[best] * step[best])
        if spent > worth:
            return None
    return now


def keep_to_budget(need: Need, quantity: Floats, unit_money: Floats, budget: float) -> Allocation:
    """Cut orders until they cost no more than the budget, what saves least per unit of money first.

    Args:
        need: What each line needs.
        quantity: Units that would be ordered without a budget.
        unit_money: Money that a unit takes; lines whose cost nobody knows need an estimate.
        budget: Most money for all lines together.
    """
    money = float(quantity @ unit_money)
    if money <= budget + _CENT:
        return Allocation(quantity, np.zeros(len(quantity), dtype=bool))
    kept = np.zeros(len(quantity))
    left = budget
    closed: set[int] = set()
    for row, until, price in _steps(need, quantity, unit_money):
        if row in closed:
            continue
        if price > left + _CENT:
            closed.add(row)
        else:
            kept[row], left = until, left - price
    return Allocation(kept, kept != quantity)


def _steps(need: Need, quantity: Floats, unit_money: Floats) -> list[tuple[int, float, float]]:
    """Every step of every order: line, quantity after it and its money; the most saved per unit of money first."""
    ordered = np.flatnonzero(quantity > 0)
    part, wanted = need.take(ordered), quantity[ordered]
    # Steps of large orders are taken several at a time: a hundred packs need no hundred decisions.
    stride = part.step * np.maximum(np.ceil((wanted - part.least) / part.step / _MOST_STEPS), 1.0)
    before = np.zeros(len(ordered))
    cost_before = part.expected(before).total
    found: list[tuple[float, int, int, float, float]] = []
    number = 0
    while (before < wanted).any():
        after = np.minimum(np.where(before == 0, np.minimum(part.least, wanted), before + stride), wanted)
        cost_after = part.expected(after).total
        money = (after - before) * unit_money[ordered]
        density = (cost_before - cost_after) / np.where(money > 0, money, _CENT)
        found += [
            (-float(density[i]), int(ordered[i]), number, float(after[i]), float(money[i]))
            for i in np.flatnonzero(after > before)
        ]
        before, cost_before, number = after, cost_after, number + 1
    in_order = _falling(found)
    return [(row, until, price) for _, row, _, until, price in in_order]


def _falling(steps: list[tuple[float, int, int, float, float]]) -> list[tuple[float, int, int, float, float]]:
    """Steps by falling saving; a later step of a line never comes before an earlier one of it."""
    floor: dict[int, float] = {}
    ranked = []
    for negative, row, number, until, price in sorted(steps, key=lambda step: (step[1], step[2])):
        floor[row] = max(negative, floor.get(row, -np.inf))
        ranked.append((floor[row], row, number, until, price))
    return sorted(ranked)
