"""Why a draft is what it is, as data: numbers that add up, what bound the quantity, and what to look at."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from forecasting.replenishment.demand import Floats, Ints
from forecasting.replenishment.outcome import Outcome
from forecasting.replenishment.policy import Plan
from forecasting.replenishment.quantities import Expected

Line = dict[Hashable, Any]
"""A line's row of the frame."""
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What draft rows take from the run beside the plan.

    Attributes:
        run_id: Name of the run.
        today: The day that counts as today.
        currency: Currency of all after.
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


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from ordering and from not ordering, by line: costs, risks, units missed without, wasted with."""

    without: Expected
    ordered: Expected
    risk_without: Floats
    risk_ordered: Floats
    missed: Floats
    wasted: Floats


def consequences(plan: Plan, quantity: Floats) -> Consequences:
    """What follows from ordering so much of each line, in money where its costs are known."""
    nothing = np.zeros(len(quantity))
    return Consequences(
        without=plan.need.expected(nothing, plan.costs),
        ordered=plan.need.expected(quantity, plan.costs),
        risk_without=plan.need.risk(nothing),
        risk_ordered=plan.need.risk(quantity),
        missed=plan.need.missed(nothing),
        wasted=plan.need.wasted(quantity),
    )


def reasons_of(row: int, line: Line, plan: Plan, facts: Facts, after: Consequences) -> dict[str, object]:
    """The reasons of one draft (docs/replenishment.md tells what each means)."""
    days = int(plan.cycle.protection_days[row])
    order_up_to = _round(plan.need.order_up_to[row])
    available, on_order, expiring = (
        _round(value) for value in (line["available"], plan.on_order[row], plan.expiring[row])
    )
    position = round(available + on_order - expiring, _DIGITS)
    servable = plan.cycle.servable[row]
    unit_cost, price = number(line["unit_cost"]), number(line["price"])
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
        "critical_ratio": number(plan.ratio[row]),
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
        "moq": number(line["moq"]),
        "pack_size": number(line["pack_size"]),
        "supplier_minimum_amount": number(line["supplier_minimum_amount"]),
        "shelf_life_days": number(line["shelf_life_days"]),
        "expected_waste_units": _round(after.wasted[row]),
        "stockout_risk_if_not_ordered": _round(after.risk_without[row]),
        "stockout_risk_if_ordered": _round(after.risk_ordered[row]),
        "expected_lost_units_if_not_ordered": _round(after.missed[row]),
        "cost_of_not_ordering": _cents(after.without.total[row]),
        "cost_of_ordering": _cents(after.ordered.total[row]),
        "unit_cost": unit_cost,
        "unit_margin": None if unit_cost is None or price is None else _round(price - unit_cost),
        "currency": facts.currency,
        "abc_class": line["abc_class"],
        "xyz_class": line["xyz_class"],
        "terms": dict(line["term_sources"]) | {"lead_time_days": facts.lead_time_source[row]},
    }


def binding_constraint(row: int, plan: Plan, outcome: Outcome) -> str:
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


def flags_of(row: int, line: Line, plan: Plan, outcome: Outcome, facts: Facts) -> list[str]:
    """What a buyer should look at."""
    is_order = outcome.from_row[row] < 0
    found = {
        "over_shelf_life": plan.need.is_capped[row] or outcome.quantity[row] > plan.need.most[row] + 1e-9,
        "over_budget": outcome.cut[row],
        "supplier_minimum_not_reached": is_order and outcome.below_minimum[row],
        "late_for_stockout": is_order and (plan.cycle.lost_before[row] > 1e-9).mean() > 0.5,
        "no_supplier": is_order and text(line["supplier_id"]) is None,
        "no_cost": number(line["unit_cost"]) is None,
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


def number(value: float | None) -> float | None:
    """A number to be shown; null where it is unknown or infinite."""
    return None if value is None or not math.isfinite(value) else round(float(value), _DIGITS)


def text(value: object) -> str | None:
    """Text, or null where a frame holds a missing value."""
    return value if isinstance(value, str) else None
