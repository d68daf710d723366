"""The reasons of a draft in sentences: what is shown adds up, what is unknown is left out, staff read no costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import reasons

REASONS: dict[str, Any] = {
    "protection_days": 9,
    "protection_end": "2025-06-26",
    "demand_p50": 28,
    "demand_at_service_level": 41.3,
    "service_level": 0.92,
    "service_level_source": "critical ratio",
    "on_hand": 6,
    "reserved": 2,
    "available": 4,
    "on_order": 12,
    "expiring": 3,
    "inventory_position": 13,
    "order_up_to": 41.3,
    "unrounded_quantity": 28.3,
    "moq": 6,
    "pack_size": 6,
    "supplier_minimum_amount": 100,
    "shelf_life_days": 5,
    "binding_constraint": "pack_size",
    "stockout_risk_if_not_ordered": 0.87,
    "stockout_risk_if_ordered": 0.06,
    "expected_lost_units_if_not_ordered": 11.5,
    "cost_of_not_ordering": 34.2,
    "cost_of_ordering": 3.1,
    "currency": "EUR",
}
NUMBER = r"(-?[\d,]+(?:\.\d)?)"


def told(changes: dict[str, Any] | None = None, quantity: float | None = 30, **how: Any) -> str:
    return " ".join(reasons.sentences(REASONS | (changes or {}), quantity, currency="USD", **how))


def test_a_draft_is_told_from_stock_over_demand_to_quantity_and_cost() -> None:
    assert told() == (
        "4 in stock (6 less 2 reserved) + 12 on order − 3 that will expire unsold = 13 to count on. "
        "Until the next chance to restock, Thu 26 Jun (9 days) about 28 will be wanted; 41.3 are enough 92 times in "
        "100. 41.3 − 13 = 28.3 missing, rounded to 30: 5 packs of 6. Without it: 87% chance of running out, about 11.5 "
        "missed sales, expected cost €34.20. With it: 6%, €3.10."
    )


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        ("none", "rounded to 30 ordered"),
        ("moq", "the least that the supplier delivers is 6"),
        ("supplier_minimum", "to reach the supplier’s minimum of €100"),
        ("budget", "the budget goes to what saves more"),
        ("shelf_life", "more would expire within its shelf life of 5 days"),
    ],
)
def test_what_decided_the_quantity_is_told(constraint: str, words: str) -> None:
    assert words in told({"binding_constraint": constraint})


def test_a_level_that_a_person_or_a_class_sets_is_named() -> None:
    assert "the level of class AX" in told({"service_level_source": "class AX"})
    assert "the level set by anna" in told({"service_level_source": "set by anna"})


def test_a_transfer_names_the_store_that_gives() -> None:
    assert "28.3 missing; Old Town can spare 30." in told(sender="Old Town")


def test_who_may_not_see_costs_reads_none() -> None:
    text = told({"binding_constraint": "supplier_minimum"}, tells_money=False)
    assert not re.search(r"[€$]|cost", text)
    assert "87% chance" in text


def test_what_is_unknown_is_left_out() -> None:
    assert reasons.sentences({}, 30, currency="USD") == []
    assert reasons.sentences(dict.fromkeys(REASONS), None, currency="USD") == []
    assert "missed" not in told({"expected_lost_units_if_not_ordered": None})


def test_goods_that_expire_and_sales_that_are_lost_anyway_are_told() -> None:
    capped = told({"order_up_to": 30, "binding_constraint": "shelf_life", "lost_before_delivery": 2.4})
    assert "41.3 are enough 92 times in 100, but only 30 can be sold before this order expires." in capped
    assert "About 2.4 more will be missed before it can come." in capped
    assert "30 − 13 = 17 missing, but 30 ordered: more would expire" in capped


def test_a_draft_that_only_fills_an_order_says_that_nothing_is_missing() -> None:
    filled = told({"order_up_to": 12, "demand_at_service_level": 12, "binding_constraint": "supplier_minimum"}, 6)
    assert "12 − 13 = -1, so nothing is missing, and 6 ordered, to reach the supplier’s minimum of €100." in filled


def test_an_unknown_flag_is_shown_in_its_own_words() -> None:
    assert reasons.flag_label("some_new_flag") == "Some new flag"


@given(
    available=st.floats(0, 5000),
    on_order=st.floats(0, 5000),
    expiring=st.floats(0.05, 5000),
    up_to=st.floats(0, 20_000),
)
def test_sums_and_differences_add_up_as_they_are_shown(
    available: float, on_order: float, expiring: float, up_to: float
) -> None:
    position = available + on_order - expiring
    text = told(
        {"available": available, "on_order": on_order, "expiring": expiring, "reserved": 0}
        | {"inventory_position": position, "order_up_to": up_to},
        quantity=max(1.0, up_to - position),
    )
    plus = rf"(?: \+ {NUMBER} on order)?"
    total = re.match(rf"{NUMBER} in stock{plus} − {NUMBER} that will expire unsold = {NUMBER} to count on", text)
    assert total is not None
    stock, ordered, gone, counted = (float((part or "0").replace(",", "")) for part in total.groups())
    assert stock + ordered - gone == pytest.approx(counted, abs=1e-6)
    difference = re.search(rf"{NUMBER} − {NUMBER} = {NUMBER}(?: missing|, so nothing is missing)", text)
    assert difference is not None
    high, low, need = (float(part.replace(",", "")) for part in difference.groups())
    assert high - low == pytest.approx(need, abs=1e-6)
    assert low == pytest.approx(counted, abs=1e-6)
