"""Drafts as rows of the published tables, with reasons that add up."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from forecasting.replenishment.demand import Bools, Floats, Ints
from forecasting.replenishment.policy import Plan
from forecasting.replenishment.quantities import Expected
from forecasting.replenishment.tables import ORDER_COST_CURVES, REORDER_DRAFTS, SCHEMAS

ORDER, TRANSFER = "order", "transfer"
CURVE_POINTS: Final = 11
"""Quantities of a cost curve: from nothing to twice the proposal, which is in the middle."""
_DIGITS: Final = 4

Line = dict[Hashable, Any]
"""A line's row of the frame."""


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


@dataclass(frozen=True, slots=True)
class Facts:
    """What draft rows take from the run beside the plan.

    Attributes:
        run_id: Name of the run.
        today: The day that counts as today.
        currency: Currency of all money.
        horizon: Days that the forecast reaches from today.
        stockout_date: First day by which stock has run out with an even chance, by line.
        lead_time_source: Where each line's lead time comes from.
        lead_time_days: Median lead time. Shape (lines,).
        lead_time_q90_days: Days that nine lead times in ten keep within. Shape (lines,).
    """

    run_id: str
    today: date
    currency: str
    horizon: int
    stockout_date: pd.DatetimeIndex
    lead_time_source: list[str]
    lead_time_days: Ints
    lead_time_q90_days: Ints


def draft_rows(lines: pd.DataFrame, plan: Plan, outcome: Outcome, facts: Facts) -> pd.DataFrame:
    """Rows of `fct_reorder_drafts`, ordered by supplier, store and product.

    Args:
        lines: Names, stock and terms; `draft_id`, `order_date`, `delivery_date`, `next_delivery_date`, `days_of_cover`.
        plan: What each line needs and why.
        outcome: What is drafted of it.
        facts: What the run knows beside.
    """
    money = _money(plan, outcome.quantity)
    drafted = np.flatnonzero(outcome.quantity > 0).tolist()
    records = lines.iloc[drafted].to_dict("records")
    rows = [_row(row, line, plan, outcome, facts, money) for row, line in zip(drafted, records, strict=True)]
    if rows:
        rows = _with_stores(rows, lines, outcome)
    found = pd.DataFrame(rows, columns=list(SCHEMAS[REORDER_DRAFTS]))
    order = ["supplier", "store_id", "product_id"]
    return found.sort_values(order, na_position="last", kind="stable", ignore_index=True)


def curve_rows(lines: pd.DataFrame, plan: Plan, outcome: Outcome) -> pd.DataFrame:
    """Rows of `fct_order_cost_curves`, for drafts whose cost is known."""
    drafted = np.flatnonzero((outcome.quantity > 0) & np.isfinite(plan.costs.waste))
    need, money = plan.need.take(drafted), plan.costs.take(drafted)
    parts = []
    for share in np.linspace(0.0, 2.0, CURVE_POINTS):
        quantity = outcome.quantity[drafted] * share
        cost = need.expected(quantity, money)
        parts.append(
            pd.DataFrame(
                {
                    "draft_id": lines["draft_id"].to_numpy()[drafted],
                    "store_id": lines["store_id"].to_numpy()[drafted],
                    "order_quantity": quantity,
                    "holding_amount": cost.holding,
                    "shortage_amount": cost.shortage,
                    "waste_amount": cost.waste,
                    "total_amount": cost.total,
                }
            )
        )
    return pd.concat(parts).sort_values(["draft_id", "order_quantity"], ignore_index=True)[
        list(SCHEMAS[ORDER_COST_CURVES])
    ]


@dataclass(frozen=True, slots=True)
class _Money:
    """Expected costs, risks, units missed without the order and units wasted with it, by line."""

    without: Expected
    ordered: Expected
    risk_without: Floats
    risk_ordered: Floats
    missed: Floats
    wasted: Floats


def _money(plan: Plan, quantity: Floats) -> _Money:
    nothing = np.zeros(len(quantity))
    return _Money(
        without=plan.need.expected(nothing, plan.costs),
        ordered=plan.need.expected(quantity, plan.costs),
        risk_without=plan.need.risk(nothing),
        risk_ordered=plan.need.risk(quantity),
        missed=plan.need.missed(nothing),
        wasted=plan.need.wasted(quantity),
    )


def _row(row: int, line: Line, plan: Plan, outcome: Outcome, facts: Facts, money: _Money) -> dict[str, object]:
    quantity = float(outcome.quantity[row])
    is_transfer = outcome.from_row[row] >= 0
    unit_cost = _number(line["unit_cost"])
    arrival = facts.today + timedelta(days=1)
    amount = 0.0 if is_transfer else (None if unit_cost is None else round(quantity * unit_cost, 2))
    binding = _binding(row, plan, outcome)
    reasons = _reasons(row, line, plan, facts, money)
    return {
        "draft_id": line["draft_id"],
        "run_id": facts.run_id,
        "kind": TRANSFER if is_transfer else ORDER,
        **{name: _text(line[name]) for name in ("product_id", "sku", "product", "category", "store_id")},
        "from_store_id": None,
        "supplier_id": None if is_transfer else _text(line["supplier_id"]),
        "supplier": None if is_transfer else _text(line["supplier"]),
        "order_date": facts.today if is_transfer else line["order_date"],
        "delivery_date": arrival if is_transfer else line["delivery_date"],
        "order_quantity": quantity,
        "unit_cost": unit_cost,
        "order_amount": amount,
        "currency": facts.currency,
        "stockout_risk": float(money.risk_without[row]),
        "stockout_date": facts.stockout_date[row],
        "days_of_cover": _number(line["days_of_cover"]),
        "service_level": float(plan.level[row]),
        "binding_constraint": binding,
        "flags": json.dumps(_flags(row, line, plan, outcome, facts)),
        "evidence": _text(line["evidence"]),
        "model_name": _text(line["model_name"]),
        "cost_of_not_ordering": _number(money.without.total[row]),
        "reasons": json.dumps(reasons | {"binding_constraint": binding}),
    }


def _with_stores(rows: list[dict[str, object]], lines: pd.DataFrame, outcome: Outcome) -> list[dict[str, object]]:
    """Name the giving store of each transfer."""
    stores = lines["store_id"].to_numpy()
    for found, row in zip(rows, np.flatnonzero(outcome.quantity > 0), strict=True):
        if outcome.from_row[row] >= 0:
            found["from_store_id"] = str(stores[outcome.from_row[row]])
    return rows


def _reasons(row: int, line: Line, plan: Plan, facts: Facts, money: _Money) -> dict[str, object]:
    days = int(plan.cycle.protection_days[row])
    order_up_to = _round(plan.need.order_up_to[row])
    available, on_order, expiring = (
        _round(value) for value in (line["available"], plan.on_order[row], plan.expiring[row])
    )
    position = round(available + on_order - expiring, _DIGITS)
    servable = plan.cycle.servable[row]
    unit_cost, price = _number(line["unit_cost"]), _number(line["price"])
    return {
        "protection_days": days,
        "protection_end": (facts.today + timedelta(days=days)).isoformat(),
        "lead_time_days": int(facts.lead_time_days[row]),
        "lead_time_q90_days": int(facts.lead_time_q90_days[row]),
        "lead_time_source": facts.lead_time_source[row],
        "review_period_days": int(line["review_days"]),
        "next_delivery_date": line["next_delivery_date"].isoformat(),
        "demand_p50": _round(np.sort(servable)[len(servable) // 2]),
        "demand_at_service_level": _round(plan.need.wanted[row]),
        "mean_demand": _round(servable.mean()),
        "lost_before_delivery": _round(plan.cycle.lost_before[row].mean()),
        "service_level": _round(plan.level[row]),
        "service_level_source": plan.level_source[row],
        "critical_ratio": _number(plan.ratio[row]),
        "on_hand": _round(max(line["on_hand"], 0.0)),
        "reserved": _round(line["reserved"]),
        "promised_to_stores": _round(line["outgoing"]),
        "available": available,
        "on_order": on_order,
        "on_order_later": _round(plan.on_order_later[row]),
        "expiring": expiring,
        "inventory_position": position,
        "order_up_to": order_up_to,
        "unrounded_quantity": round(order_up_to - position, _DIGITS),
        "moq": _number(line["moq"]),
        "pack_size": _number(line["pack_size"]),
        "supplier_minimum_amount": _number(line["supplier_minimum_amount"]),
        "shelf_life_days": _number(line["shelf_life_days"]),
        "expected_waste_units": _round(money.wasted[row]),
        "stockout_risk_if_not_ordered": _round(money.risk_without[row]),
        "stockout_risk_if_ordered": _round(money.risk_ordered[row]),
        "expected_lost_units_if_not_ordered": _round(money.missed[row]),
        "cost_of_not_ordering": _cents(money.without.total[row]),
        "cost_of_ordering": _cents(money.ordered.total[row]),
        "unit_cost": unit_cost,
        "unit_margin": None if unit_cost is None or price is None else _round(price - unit_cost),
        "currency": facts.currency,
        "abc_class": line["abc_class"],
        "xyz_class": line["xyz_class"],
        "terms": dict(line["term_sources"]) | {"lead_time_days": facts.lead_time_source[row]},
    }


def _binding(row: int, plan: Plan, outcome: Outcome) -> str:
    """What made the quantity another one than the need; the last thing that did."""
    if outcome.cut[row]:
        return "budget"
    if outcome.filled[row]:
        return "supplier_minimum"
    need, quantity = plan.need, outcome.quantity[row]
    if need.is_capped[row]:
        return "shelf_life"
    if outcome.from_row[row] >= 0 or math.isclose(quantity, need.unrounded[row], abs_tol=1e-6):
        return "none"
    if quantity == need.least[row] and need.unrounded[row] <= need.least[row] - need.step[row] + 1e-9:
        return "moq"
    return "pack_size" if need.step[row] > 1 else "none"


def _flags(row: int, line: Line, plan: Plan, outcome: Outcome, facts: Facts) -> list[str]:
    is_order = outcome.from_row[row] < 0
    found = {
        "over_shelf_life": plan.need.is_capped[row] or outcome.quantity[row] > plan.need.most[row] + 1e-9,
        "over_budget": outcome.cut[row],
        "supplier_minimum_not_reached": is_order and outcome.below_minimum[row],
        "late_for_stockout": (plan.cycle.lost_before[row] > 1e-9).mean() > 0.5,
        "no_supplier": is_order and _text(line["supplier_id"]) is None,
        "no_cost": _number(line["unit_cost"]) is None,
        "no_lead_time": is_order and line["is_lead_time_assumed"],
        "low_evidence": line["evidence"] == "low",
        "beyond_horizon": plan.cycle.protection_days[row] > facts.horizon,
        "negative_stock": line["on_hand"] < 0,
        "overdue_order_not_counted": outcome.forgotten[row],
        "pack_size_not_usable": line["pack_size"] <= 0,
    }
    return [name for name, holds in found.items() if bool(holds)]


def _round(value: float) -> float:
    return round(float(value), _DIGITS)


def _cents(value: float) -> float | None:
    return round(float(value), 2) if math.isfinite(value) else None


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), _DIGITS)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
