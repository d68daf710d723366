"""The reasons of a reorder draft in sentences. Everything here is pure: numbers in, plain text out.

Sums are shown as they are reckoned: what is shown as a difference is the difference of the numbers shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app import formats

Reasons = Mapping[str, Any]
"""The JSON object `reasons` of a draft (docs/replenishment.md): numbers, null where unknown."""

COST_LEAST: Final = "critical ratio"
"""The usual source of a service level: the one at which missed sales and leftover stock together cost least."""

FLAGS: Final[Mapping[str, str]] = {
    "over_shelf_life": "Some may expire",
    "over_budget": "Over budget",
    "no_cost": "Cost unknown",
    "no_lead_time": "Lead time assumed",
    "no_supplier": "No supplier",
    "low_evidence": "Low evidence",
    "beyond_horizon": "Reaches beyond the forecast",
    "supplier_minimum_not_reached": "Below the supplier’s minimum",
    "late_for_stockout": "Runs out before it arrives",
    "negative_stock": "Stock below zero",
    "overdue_order_not_counted": "An overdue delivery is not counted",
    "pack_size_not_usable": "Pack size unusable",
}
"""What the flags that a draft can carry are called on screen; an unknown one is shown as it is."""

FLAG_HELP: Final[Mapping[str, str]] = {
    "over_shelf_life": "More than will probably be sold before it expires.",
    "over_budget": "The budget for one day's orders does not cover it.",
    "no_cost": "Without a cost the margin is a guess, and so is the service level. Enter it under Supplier terms.",
    "no_lead_time": "Nobody has said how long this supplier takes. Enter it under Supplier terms.",
    "no_supplier": "No source says who supplies it.",
    "low_evidence": "A short history or rare sales: the forecast is uncertain.",
    "beyond_horizon": "The next delivery after this one is later than the forecast reaches; the rest is extrapolated.",
    "supplier_minimum_not_reached": "All drafts for this supplier together are below the least that it delivers.",
    "late_for_stockout": "It will probably run out before this order can arrive. Ask for an earlier delivery.",
    "negative_stock": "The source says that less than nothing is there; it was counted as nothing. Count the shelf.",
    "overdue_order_not_counted": "An order is so late that it may never come. Ask the supplier, or close it there.",
    "pack_size_not_usable": "The source gives a pack size of zero or less; single units were assumed.",
}
"""What each flag means and what to do about it."""


NUMBERS: Final[Mapping[str, str]] = {
    "protection_days": "Days to last",
    "protection_end": "Has to last until",
    "lead_time_days": "Lead time, middle (days)",
    "lead_time_q90_days": "Lead time, 9 of 10 within (days)",
    "lead_time_source": "Lead time from",
    "demand_p50": "Wanted until then, middle",
    "demand_at_service_level": "Wanted until then, at the service level",
    "mean_demand": "Wanted until then, mean",
    "lost_before_delivery": "Missed before it can come",
    "service_level": "Service level: chance of missing no sale",
    "service_level_source": "Service level from",
    "critical_ratio": "Critical ratio: level of least cost",
    "on_order_later": "On order, too late to count",
    "inventory_position": "To count on",
    "unrounded_quantity": "Missing",
    "moq": "Least order",
    "abc_class": "ABC: share of sales",
    "xyz_class": "XYZ: how much demand varies",
}
"""What a reason is called on screen where its own name says too little."""

_WORTH_TELLING: Final = 0.5
_COUNTED: Final = ("available", "on_order", "expiring")


def number_label(name: str) -> str:
    """A reason's name in words."""
    return NUMBERS.get(name, name.replace("_", " ").capitalize())


def flag_label(flag: str) -> str:
    """A flag in words."""
    return FLAGS.get(flag, flag.replace("_", " ").capitalize())


def sentences(
    reasons: Reasons, quantity: float | None, *, currency: str, sender: str | None = None, tells_money: bool = True
) -> list[str]:
    """Why this quantity, in the order in which it was reckoned; what is unknown is left out.

    Args:
        reasons: The draft's reasons.
        quantity: Units that the draft proposes.
        currency: ISO 4217 code of the amounts, where the reasons name none.
        sender: Store that a transfer comes from; null for an order.
        tells_money: Whether the reader may see costs.
    """
    currency = str(reasons.get("currency") or currency)
    found = (
        _position(reasons),
        _demand(reasons),
        _missing(reasons, quantity, currency if tells_money else None, sender),
        _risk(reasons, currency if tells_money else None),
    )
    return [sentence for sentence in found if sentence]


def _position(reasons: Reasons) -> str | None:
    """What can be counted on: available + on order - expiring, as a sum."""
    counted = _counted(reasons)
    if counted is None:
        return None
    available, on_order, expiring = (_number(reasons, name) or 0.0 for name in _COUNTED)
    terms = [f"{_units(available)} in stock{_held(reasons)}"]
    if _shown(on_order):
        terms.append(f"+ {_units(on_order)} on order")
    if _shown(expiring):
        terms.append(f"− {_units(expiring)} that will expire unsold")
    if len(terms) > 1:
        terms.append(f"= {_units(counted)} to count on")
    return f"{' '.join(terms)}."


def _counted(reasons: Reasons) -> float | None:
    """The inventory position as the sum of its parts as they are shown; None where it is not known."""
    if _number(reasons, "inventory_position") is None:
        return None
    available, on_order, expiring = (_shown(_number(reasons, name) or 0.0) for name in _COUNTED)
    return round(available + on_order - expiring, 1)


def _held(reasons: Reasons) -> str:
    """What of the shelf is spoken for."""
    promised = {"reserved": "reserved", "promised_to_stores": "promised to other stores"}
    held = [f"less {_units(held)} {word}" for name, word in promised.items() if (held := _number(reasons, name))]
    return f" ({_units(_number(reasons, 'on_hand'))} {', '.join(held)})" if held else ""


def _demand(reasons: Reasons) -> str | None:
    """What has to last until the delivery after this one, and how sure that is to be enough."""
    middle, enough = _number(reasons, "demand_p50"), _number(reasons, "demand_at_service_level")
    if middle is None or enough is None:
        return None
    days, end = _number(reasons, "protection_days"), _day(reasons.get("protection_end"))
    length = f"({formats.count(round(days), 'day')}) " if days is not None else ""
    level = _number(reasons, "service_level")
    sure = f" {_times(level)}" if level is not None else ""
    source = str(reasons.get("service_level_source") or COST_LEAST)
    whence = "" if source == COST_LEAST else f", the level {f'of {source}' if source.startswith('class ') else source}"
    up_to = _number(reasons, "order_up_to")
    capped = f", but only {_units(up_to)} can be sold before this order expires" if _is_capped(up_to, enough) else ""
    gone = _number(reasons, "lost_before_delivery") or 0.0
    missed = f" About {_units(gone)} more will be missed before it can come." if gone >= _WORTH_TELLING else ""
    until = f"Until the next chance to restock, {end} {length}" if end else f"Until the next chance to restock {length}"
    return f"{until}about {_units(middle)} will be wanted; {_units(enough)} are enough{sure}{whence}{capped}.{missed}"


def _is_capped(up_to: float | None, enough: float) -> bool:
    """Whether what can be ordered up to is less than what is enough: goods that keep no longer."""
    return up_to is not None and _shown(up_to) < _shown(enough)


def _times(level: float) -> str:
    """A chance as a count of cases: `92 times in 100`, `199 times in 200`."""
    return f"{formats.number(level * 100)} times in 100"


def _missing(reasons: Reasons, quantity: float | None, currency: str | None, sender: str | None) -> str | None:
    """From the need to the quantity: order-up-to - position, and what rounded it."""
    up_to, position = _number(reasons, "order_up_to"), _counted(reasons)
    if up_to is None or position is None or quantity is None:
        return None
    need = round(_shown(up_to) - position, 1)
    reckoning = f"{_units(up_to)} − {_units(position)} = {_units(need)} missing"
    if need <= 0:
        reckoning = f"{_units(up_to)} − {_units(position)} = {_units(need)}, so nothing is missing"
    if sender:
        return f"{reckoning}; {sender} can spare {_units(quantity)}."
    return f"{reckoning}, {_rounding(reasons, need, quantity, currency)}."


def _rounding(reasons: Reasons, need: float, quantity: float, currency: str | None) -> str:
    ordered = _units(quantity)
    pack = _number(reasons, "pack_size")
    match reasons.get("binding_constraint"):
        case "moq":
            return f"and {ordered} ordered: the least that the supplier delivers is {_units(_number(reasons, 'moq'))}"
        case "supplier_minimum":
            amount = _number(reasons, "supplier_minimum_amount")
            least = f" of {formats.money(amount, currency)}" if currency and amount is not None else ""
            return f"and {ordered} ordered, to reach the supplier’s minimum{least}"
        case "budget":
            return f"but {ordered} ordered: the budget goes to what saves more for its money"
        case "shelf_life":
            days = _number(reasons, "shelf_life_days")
            lasts = f" of {formats.count(round(days), 'day')}" if days is not None else ""
            return f"but {ordered} ordered: more would expire within its shelf life{lasts}"
        case "pack_size" if pack and pack > 1:
            packs = formats.count(round(quantity / pack), "pack")
            return f"rounded to {ordered}: {packs} of {_units(pack)}"
        case _:
            return f"so {ordered} ordered" if _shown(quantity) == need else f"rounded to {ordered} ordered"


def _risk(reasons: Reasons, currency: str | None) -> str | None:
    """What happens without the order, and with it."""
    without, ordered = _number(reasons, "stockout_risk_if_not_ordered"), _number(reasons, "stockout_risk_if_ordered")
    if without is None:
        return None
    lost = _number(reasons, "expected_lost_units_if_not_ordered")
    cost, cost_with = _number(reasons, "cost_of_not_ordering"), _number(reasons, "cost_of_ordering")
    parts = [f"Without it: {formats.percent(without, 0)} chance of running out"]
    if lost is not None and _shown(lost) > 0:
        parts.append(f"about {_units(lost)} missed sales")
    if currency and cost is not None:
        parts.append(f"expected cost {formats.money(cost, currency)}")
    sentence = ", ".join(parts)
    if ordered is None:
        return f"{sentence}."
    then = f", {formats.money(cost_with, currency)}" if currency and cost_with is not None else ""
    return f"{sentence}. With it: {formats.percent(ordered, 0)}{then}."


def _number(reasons: Reasons, name: str) -> float | None:
    return formats.as_float(reasons.get(name))


def _day(value: object) -> str | None:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return None
    return f"{value:%a} {value.day} {value:%b}" if isinstance(value, date) else None


def _shown(value: float) -> float:
    """A number as it is shown: with at most one decimal."""
    return round(float(value), 1)


def _units(value: float | None) -> str:
    if value is None:
        return formats.MISSING
    shown = _shown(value)
    return formats.number(shown, 0 if shown.is_integer() else 1)
