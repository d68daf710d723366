"""The published tables of replenishment: their columns."""

from __future__ import annotations

from typing import Final

REORDER_DRAFTS: Final = "fct_reorder_drafts"
ORDER_COST_CURVES: Final = "fct_order_cost_curves"
STOCK_RISK: Final = "fct_stock_risk"
LEAD_TIMES: Final = "fct_lead_times"

SCHEMAS: Final[dict[str, dict[str, str]]] = {
    REORDER_DRAFTS: {
        "draft_id": "varchar",
        "run_id": "varchar",
        "kind": "varchar",
        "product_id": "varchar",
        "sku": "varchar",
        "product": "varchar",
        "category": "varchar",
        "store_id": "varchar",
        "from_store_id": "varchar",
        "supplier_id": "varchar",
        "supplier": "varchar",
        "order_date": "date",
        "delivery_date": "date",
        "order_quantity": "double",
        "unit_cost": "double",
        "order_amount": "double",
        "currency": "varchar",
        "stockout_risk": "double",
        "stockout_date": "date",
        "days_of_cover": "double",
        "service_level": "double",
        "binding_constraint": "varchar",
        "flags": "varchar",
        "evidence": "varchar",
        "model_name": "varchar",
        "cost_of_not_ordering": "double",
        "reasons": "varchar",
    },
    ORDER_COST_CURVES: {
        "draft_id": "varchar",
        "store_id": "varchar",
        "order_quantity": "double",
        "holding_amount": "double",
        "shortage_amount": "double",
        "waste_amount": "double",
        "total_amount": "double",
    },
    STOCK_RISK: {
        "product_id": "varchar",
        "sku": "varchar",
        "product": "varchar",
        "category": "varchar",
        "store_id": "varchar",
        "supplier_id": "varchar",
        "supplier": "varchar",
        "on_hand": "double",
        "reserved": "double",
        "available": "double",
        "on_order": "double",
        "inventory_position": "double",
        "mean_daily_demand": "double",
        "days_of_cover": "double",
        "next_receipt_date": "date",
        "early_stockout_date": "date",
        "stockout_date": "date",
        "late_stockout_date": "date",
        "risk_7_days": "double",
        "risk_14_days": "double",
        "risk_28_days": "double",
        "expected_lost_units": "double",
        "expected_lost_amount": "double",
        "abc_class": "varchar",
        "xyz_class": "varchar",
        "evidence": "varchar",
        "has_draft": "boolean",
    },
    LEAD_TIMES: {
        "supplier_id": "varchar",
        "supplier": "varchar",
        "store_id": "varchar",
        "promised_days": "double",
        "receipts": "integer",
        "median_days": "double",
        "q90_days": "double",
        "mean_days": "double",
        "standard_deviation_days": "double",
        "late_share": "double",
        "source": "varchar",
    },
}
"""Columns and DuckDB types by table.

`fct_reorder_drafts`: one row per product, store and delivery slot that a person should decide on. `kind` is `order` or
`transfer` (then `from_store_id` says where from). `flags` is a JSON list of words, `reasons` a JSON object (see
docs/replenishment.md). `fct_order_cost_curves`: expected cost until the next delivery after the draft's, by quantity.
`fct_stock_risk`: one row per product and store that is forecast alone and has stock figures; `early_`, `stockout_` and
`late_stockout_date` are the first days by which stock has run out with a chance of 10, 50 and 90%, deliveries on order
counted. `fct_lead_times`: one row per supplier (and store, where it has enough receipts of its own).
"""
