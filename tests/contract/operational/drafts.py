"""Drafts to decide on."""

from __future__ import annotations

from datetime import date
from typing import Any


def a_draft(number: int = 1, **changes: Any) -> dict[str, object]:
    """A row of `fct_reorder_drafts` as `metrics` gives it."""
    return {
        "draft_id": f"{number:016x}",
        "run_id": "run-1",
        "kind": "order",
        "product_id": f"files:P{number}",
        "sku": f"SKU-{number}",
        "product": f"Product {number}",
        "category": "Dairy",
        "store_id": "files:S1",
        "from_store_id": None,
        "supplier_id": "files:V1",
        "supplier": "Dairy Direct",
        "order_date": date(2025, 6, 14),
        "delivery_date": date(2025, 6, 16),
        "order_quantity": 12.0,
        "unit_cost": 1.25,
        "currency": "EUR",
        "flags": "[]",
        "reasons": '{"on_hand": 3, "pack_size": 6, "unrounded_quantity": 10.4}',
        **changes,
    }
