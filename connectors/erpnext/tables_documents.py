"""Raw tables of documents: what is sold and bought, and what that does to stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.column_types import LogicalType
from connectors.erpnext.doctable import DocTable, child, document

_POSTED: Final = {"posted_at": ("posting_date", "posting_time")}
_OF_LINES: Final = ("sale_lines", "sales")

_INVOICE: Final[dict[str, LogicalType]] = {
    "docstatus": "integer",
    "owner": "text",
    "customer": "text",
    "company": "text",
    "pos_profile": "text",
    "set_warehouse": "text",
    "posting_date": "date",
    "posting_time": "text",
    "currency": "text",
    "conversion_rate": "text",
    "is_return": "boolean",
    "is_opening": "text",
    "update_stock": "boolean",
    "net_total": "decimal",
    "grand_total": "decimal",
    "change_amount": "decimal",
}
_INVOICE_ITEM: Final[dict[str, LogicalType]] = {
    "item_code": "text",
    "warehouse": "text",
    "qty": "decimal",
    "conversion_factor": "text",
    "stock_qty": "decimal",
    "price_list_rate": "decimal",
    "rate": "decimal",
    "amount": "decimal",
    "net_amount": "decimal",
}
_INVOICE_ITEM_OPTIONAL: Final[dict[str, LogicalType]] = {"distributed_discount_amount": "decimal"}
_PACKED: Final[dict[str, LogicalType]] = {
    "parent_detail_docname": "text",
    "item_code": "text",
    "warehouse": "text",
    "qty": "decimal",
    "incoming_rate": "decimal",
}
_PAYMENT: Final[dict[str, LogicalType]] = {"mode_of_payment": "text", "type": "text", "amount": "decimal"}
_TAX: Final[dict[str, LogicalType]] = {
    "charge_type": "text",
    "row_id": "text",
    "account_head": "text",
    "tax_amount_after_discount_amount": "decimal",
}
_ITEM_WISE_TAX: Final[dict[str, LogicalType]] = {"item_row": "text", "tax_row": "text", "amount": "decimal"}


def _inside(invoice: str, name: str, *, own: Mapping[str, LogicalType], follows_rows: bool) -> tuple[DocTable, ...]:
    """The tables inside a POS Invoice or Sales Invoice."""
    items = _INVOICE_ITEM | dict(own)
    return (
        child(
            f"{name}_item",
            f"{invoice} Item",
            invoice,
            _OF_LINES,
            items,
            optional=_INVOICE_ITEM_OPTIONAL,
            is_needed=True,
            follows_rows=follows_rows,
            is_counted=True,
        ),
        child(
            f"{name}_tax",
            "Sales Taxes and Charges",
            invoice,
            _OF_LINES,
            _TAX,
            # The shares of the lines: up to 15 as text in the row, from 16 on as rows of their own.
            optional={"item_wise_tax_detail": "text"},
            is_needed=True,
        ),
        child(f"{name}_item_tax", "Item Wise Tax Detail", invoice, _OF_LINES, _ITEM_WISE_TAX),
        child(f"{name}_packed_item", "Packed Item", invoice, ("stock_movements", "sale_lines"), _PACKED),
        child(f"{name}_payment", "Sales Invoice Payment", invoice, ("payments",), _PAYMENT, is_needed=True),
    )


_SALES: Final = (
    *_inside("POS Invoice", "pos_invoice", own={}, follows_rows=False),
    document(
        "pos_invoice",
        "POS Invoice",
        ("sales",),
        {**_INVOICE, "consolidated_invoice": "text"},
        moments=_POSTED,
        people=("customer",),
        is_needed=True,
    ),
    *_inside(
        "Sales Invoice",
        "sales_invoice",
        own={"incoming_rate": "decimal", "pos_invoice": "text", "pos_invoice_item": "text"},
        follows_rows=True,
    ),
    document(
        "sales_invoice",
        "Sales Invoice",
        ("sales",),
        {**_INVOICE, "is_pos": "boolean", "is_consolidated": "boolean"},
        moments=_POSTED,
        people=("customer",),
        is_needed=True,
    ),
)

_PURCHASES: Final = (
    child(
        "purchase_order_item",
        "Purchase Order Item",
        "Purchase Order",
        ("purchase_order_lines",),
        {
            "item_code": "text",
            "warehouse": "text",
            "schedule_date": "date",
            "stock_qty": "decimal",
            "net_amount": "decimal",
        },
        optional={"expected_delivery_date": "date"},
    ),
    document(
        "purchase_order",
        "Purchase Order",
        ("purchase_orders",),
        {
            "docstatus": "integer",
            "supplier": "text",
            "company": "text",
            "set_warehouse": "text",
            "transaction_date": "date",
            "schedule_date": "date",
            "status": "text",
            "currency": "text",
            "conversion_rate": "text",
        },
        moments={"ordered_at": ("transaction_date", None), "expected_at": ("schedule_date", None)},
    ),
    child(
        "purchase_receipt_item",
        "Purchase Receipt Item",
        "Purchase Receipt",
        ("receipts",),
        {
            "item_code": "text",
            "warehouse": "text",
            "rejected_warehouse": "text",
            "conversion_factor": "text",
            "stock_qty": "decimal",
            "rejected_qty": "decimal",
            "net_amount": "decimal",
            "purchase_order": "text",
            "purchase_order_item": "text",
        },
    ),
    document(
        "purchase_receipt",
        "Purchase Receipt",
        ("receipts",),
        {
            "docstatus": "integer",
            "company": "text",
            "posting_date": "date",
            "posting_time": "text",
            "currency": "text",
            "conversion_rate": "text",
        },
        moments=_POSTED,
    ),
)

_STOCK: Final = (
    document(
        "stock_ledger_entry",
        "Stock Ledger Entry",
        ("stock_movements", "stock_levels"),
        {
            "item_code": "text",
            "warehouse": "text",
            "posting_date": "date",
            "posting_time": "text",
            "creation": "text",
            "voucher_type": "text",
            "voucher_no": "text",
            "voucher_detail_no": "text",
            "actual_qty": "decimal",
            "qty_after_transaction": "decimal",
            "incoming_rate": "decimal",
            "valuation_rate": "decimal",
            "is_cancelled": "boolean",
        },
        optional={"serial_and_batch_bundle": "text"},
        moments=_POSTED,
    ),
    document(
        "bin",
        "Bin",
        ("stock_levels",),
        {
            "item_code": "text",
            "warehouse": "text",
            "actual_qty": "decimal",
            "reserved_qty": "decimal",
            "valuation_rate": "decimal",
        },
    ),
)

DOCUMENTS: Final[tuple[DocTable, ...]] = (*_SALES, *_PURCHASES, *_STOCK)
"""In reading order: rows before the documents that hold them."""
