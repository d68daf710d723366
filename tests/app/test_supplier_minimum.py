"""The supplier's minimum holds per store and order day; what is approved of the same order counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.drafts import Draft
from app.supplier_minimum import shortfalls
from retail.operational.decisions import Decision
from retail.vocabulary import DecisionAction, DraftState

MONDAY, THURSDAY = date(2025, 6, 16), date(2025, 6, 19)
APPROVED = Decision(
    decision_id="x-1",
    draft_id="x",
    action=DecisionAction.APPROVE,
    state=DraftState.APPROVED,
    quantity_before=5,
    quantity_after=5,
    reason=None,
    snooze_until=None,
    user="anna",
    role="manager",
    decided_at=datetime(2025, 6, 13, tzinfo=UTC),
    run_id=None,
    kind="order",
    product_id="p9",
    sku=None,
    product=None,
    store_id="s1",
    from_store_id=None,
    supplier_id="v1",
    supplier="Dairy",
    order_date=MONDAY,
    delivery_date=THURSDAY,
    unit_cost=4.0,
    currency="USD",
)


def draft(name: str, store: str, day: date, cost: float | None, minimum: float | None = 100.0) -> Draft:
    row: dict[str, Any] = {"draft_id": name, "kind": "order", "store_id": store, "supplier_id": "v1"}
    row |= {"order_date": day, "unit_cost": cost}
    return Draft(row, {"supplier_minimum_amount": minimum}, (), store, None, DraftState.OPEN, None)


def test_each_store_and_order_day_reaches_the_minimum_alone() -> None:
    group = [draft("a", "s1", MONDAY, 2.0), draft("b", "s1", THURSDAY, 2.0), draft("c", "s2", MONDAY, 3.0)]
    assert shortfalls(group, {"a": 60, "b": 30, "c": 20}, []) == {("s1", THURSDAY): 40.0, ("s2", MONDAY): 40.0}


def test_what_is_approved_of_the_same_order_counts() -> None:
    group = [draft("a", "s1", MONDAY, 2.0)]
    assert shortfalls(group, {"a": 40}, [APPROVED]) == {}
    assert shortfalls(group, {"a": 30}, [APPROVED]) == {("s1", MONDAY): 20.0}
    for other in (replace(APPROVED, supplier_id="v2"), replace(APPROVED, order_date=THURSDAY)):
        assert shortfalls(group, {"a": 40}, [other]) == {("s1", MONDAY): 20.0}


def test_nothing_is_said_where_a_cost_or_every_minimum_is_unknown() -> None:
    assert shortfalls([draft("a", "s1", MONDAY, None)], {"a": 1}, []) is None
    assert shortfalls([draft("a", "s1", MONDAY, 2.0, minimum=None)], {"a": 1}, []) is None
