"""Drafts as rows of the published tables."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.outcome import Outcome
from forecasting.replenishment.policy import Plan
from forecasting.replenishment.reasons import (
    Consequences,
    Facts,
    Line,
    binding_constraint,
    consequences,
    flags_of,
    number,
    reasons_of,
    text,
)
from forecasting.replenishment.tables import ORDER_COST_CURVES, REORDER_DRAFTS, SCHEMAS
from forecasting.replenishment.transfers import TRANSFER_DAYS

ORDER, TRANSFER = "order", "transfer"
CURVE_POINTS: Final = 11
"""Quantities of a cost curve: from nothing to twice the proposal, which is in the middle."""


def draft_rows(lines: pd.DataFrame, plan: Plan, outcome: Outcome, facts: Facts) -> pd.DataFrame:
    """Rows of `fct_reorder_drafts`, ordered by supplier, store and product.

    Args:
        lines: Names, stock and terms; `draft_id`, `order_date`, `delivery_date`, `next_delivery_date`, `days_of_cover`.
        plan: What each line needs and why.
        outcome: What is drafted of it.
        facts: What the run knows beside.
    """
    after = consequences(plan, outcome.quantity)
    drafted = np.flatnonzero(outcome.quantity > 0).tolist()
    stores = lines["store_id"].to_numpy()
    givers = pd.Series(stores[outcome.from_row], index=lines.index).where(outcome.from_row >= 0, None)
    records = lines.assign(from_store_id=givers).iloc[drafted].to_dict("records")
    rows = [_row(row, line, plan, outcome, facts, after) for row, line in zip(drafted, records, strict=True)]
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


def _row(row: int, line: Line, plan: Plan, outcome: Outcome, facts: Facts, after: Consequences) -> dict[str, object]:
    quantity = float(outcome.quantity[row])
    is_transfer = outcome.from_row[row] >= 0
    unit_cost = number(line["unit_cost"])
    arrival = facts.today + timedelta(days=TRANSFER_DAYS)
    amount = 0.0 if is_transfer else (None if unit_cost is None else round(quantity * unit_cost, 2))
    binding = binding_constraint(row, plan, outcome)
    reasons = reasons_of(row, line, plan, facts, after)
    return {
        "draft_id": line["draft_id"],
        "run_id": facts.run_id,
        "kind": TRANSFER if is_transfer else ORDER,
        **{name: text(line[name]) for name in ("product_id", "sku", "product", "category", "store_id")},
        "from_store_id": text(line["from_store_id"]),
        "supplier_id": None if is_transfer else text(line["supplier_id"]),
        "supplier": None if is_transfer else text(line["supplier"]),
        "order_date": facts.today if is_transfer else line["order_date"],
        "delivery_date": arrival if is_transfer else line["delivery_date"],
        "order_quantity": quantity,
        "unit_cost": unit_cost,
        "order_amount": amount,
        "currency": facts.currency,
        "stockout_risk": float(after.risk_without[row]),
        "stockout_date": facts.stockout_date[row],
        "days_of_cover": number(line["days_of_cover"]),
        "service_level": float(plan.level[row]),
        "binding_constraint": binding,
        "flags": json.dumps(flags_of(row, line, plan, outcome, facts)),
        "evidence": text(line["evidence"]),
        "model_name": text(line["model_name"]),
        "cost_of_not_ordering": number(after.without.total[row]),
        "reasons": json.dumps(reasons | {"binding_constraint": binding}),
    }
