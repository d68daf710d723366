"""A shop to replenish, and decisions on its drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from retail.operational.decisions import Decision
from retail.vocabulary import DecisionAction, DraftState
from tests.unit.replenishment.market import TODAY, Market


@pytest.fixture
def market() -> Iterator[Market]:
    """A shop with one supplier, V1, that takes orders on Mondays; today is one."""
    with duckdb.connect() as connection:
        yield Market(connection)


@pytest.fixture
def decide() -> Callable[..., Decision]:
    """A decision on a draft: `decide(draft, DecisionAction.APPROVE, quantity=12)`."""

    def make(
        draft: dict[str, Any],
        action: DecisionAction,
        *,
        quantity: float | None = None,
        snooze_until: date | None = None,
        day: date = TODAY,
    ) -> Decision:
        states = {
            DecisionAction.APPROVE: DraftState.APPROVED,
            DecisionAction.CHANGE: DraftState.CHANGED,
            DecisionAction.REJECT: DraftState.REJECTED,
            DecisionAction.SNOOZE: DraftState.SNOOZED,
        }
        copied = (
            "draft_id", "run_id", "kind", "product_id", "sku", "product", "store_id", "from_store_id", "supplier_id",
            "supplier", "order_date", "delivery_date", "unit_cost", "currency",
        )  # fmt: skip
        return Decision(
            decision_id=f"{draft['draft_id']}-1",
            action=action,
            state=states[action],
            quantity_before=draft["order_quantity"],
            quantity_after=quantity or draft["order_quantity"],
            reason=None,
            snooze_until=snooze_until,
            user="ann",
            role="manager",
            decided_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
            **{name: draft[name] for name in copied},
        )

    return make
