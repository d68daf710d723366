"""What people have decided already: approved drafts are on their way, decided slots are not drafted again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta, tzinfo
from typing import Final

import pandas as pd

from retail.operational.decisions import Decision, state_of
from retail.vocabulary import DraftState

TRANSFER_GRACE_DAYS: Final = 2
_CLOSED: Final = frozenset({DraftState.APPROVED, DraftState.REJECTED, DraftState.SNOOZED})


def draft_key(product_id: str, store_id: str, slot: date) -> str:
    """The id of a draft: of a product in a store for one delivery slot, the same in every run."""
    return hashlib.sha256(f"{product_id}|{store_id}|{slot.isoformat()}".encode()).hexdigest()[:16]


def closed_drafts(decisions: Sequence[Decision], today: date) -> set[str]:
    """Drafts that are decided on: approved, rejected, or snoozed still."""
    return {key for key, decision in latest(decisions).items() if state_of(decision, today) in _CLOSED}


def latest(decisions: Sequence[Decision]) -> dict[str, Decision]:
    """The newest decision on each draft."""
    return {decision.draft_id: decision for decision in sorted(decisions, key=lambda item: item.decided_at)}


def approved_supply(
    decisions: Sequence[Decision],
    purchases: pd.DataFrame,
    spread_days: Mapping[str | None, int],
    today: date,
    zone: tzinfo = UTC,
) -> pd.DataFrame:
    """Approved drafts that no purchase order in the source stands for yet.

    One counts until an order for its product and store has been placed on or after the day of the decision, or until
    its delivery is later than the supplier usually is late: then nobody has placed it.

    Args:
        decisions: Decisions, any number per draft.
        purchases: Last order by product-store: `store_id`, `product_id`, `ordered_date`.
        spread_days: Days between the middle and the 90% lead time, by supplier.
        today: The day that counts as today.
        zone: Time zone of the shop: orders are dated in it, and decisions are made in UTC.

    Returns:
        `store_id`, `product_id`, `supplier_id`, `from_store_id`, `order_date`, `date` (of delivery), `quantity`,
        `amount`, `decided_date`.
    """
    ordered = {
        (store, product): pd.Timestamp(when).date()
        for store, product, when in purchases[["store_id", "product_id", "ordered_date"]].itertuples(index=False)
    }
    rows = []
    for decision in latest(decisions).values():
        if decision.state != DraftState.APPROVED:
            continue
        placed = ordered.get((decision.store_id, decision.product_id))
        decided_date = decision.decided_at.astimezone(zone).date()
        is_transfer = decision.from_store_id is not None
        grace = TRANSFER_GRACE_DAYS if is_transfer else max(spread_days.get(decision.supplier_id, 0), 1)
        is_placed = placed is not None and placed >= decided_date and not is_transfer
        if is_placed or decision.delivery_date + timedelta(days=grace) < today:
            continue
        rows.append(
            {
                "store_id": decision.store_id,
                "product_id": decision.product_id,
                "supplier_id": decision.supplier_id,
                "from_store_id": decision.from_store_id,
                "order_date": decision.order_date,
                "date": decision.delivery_date,
                "quantity": float(decision.quantity_after),
                "amount": 0.0 if is_transfer else float(decision.quantity_after) * (decision.unit_cost or 0.0),
                "decided_date": decided_date,
            }
        )
    columns = [
        "store_id", "product_id", "supplier_id", "from_store_id", "order_date", "date", "quantity", "amount",
        "decided_date",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
