"""The raw tables of ERPNext, in the order in which they are read: rows before the documents that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.column_types import LogicalType
from connectors.erpnext.doctable import DocTable, child, document
from connectors.incremental import RawTable

_POSTED: Final = {"posted_at": ("posting_date", "posting_time")}
_OF_PRODUCTS: Final = ("products",)
_OF_LINES: Final = ("sale_lines", "sales")

_ITEM_NAMED_IN: Final = (
    "item",
    "item_barcode",
    "item_reorder",
    "item_default",
    "item_supplier",
    "uom_conversion_detail",
    "item_price",
    "product_bundle",
    "product_bundle_item",
    "bin",
    "stock_ledger_entry",
    "pos_invoice_item",
    "pos_invoice_packed_item",
    "pos_invoice_tax",
    "sales_invoice_item",
    "sales_invoice_packed_item",
    "sales_invoice_tax",
    "purchase_order_item",
    "purchase_receipt_item",
)
_WAREHOUSE_NAMED_IN: Final = (
    "warehouse",
    "pos_profile",
    "item_reorder",
    "item_default",
    "bin",
    "stock_ledger_entry",
    "pos_invoice",
    "pos_invoice_item",
    "pos_invoice_packed_item",
    "sales_invoice",
    "sales_invoice_item",
    "sales_invoice_packed_item",
    "purchase_order",
    "purchase_order_item",
    "purchase_receipt_item",
)

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


_SHOP: Final = (
    document(
        "warehouse",
        "Warehouse",
        ("stores",),
        {"warehouse_name": "text", "company": "text", "is_group": "boolean"},
        renames=_WAREHOUSE_NAMED_IN,
        is_needed=True,
    ),
    document(
        "pos_profile",
        "POS Profile",
        ("stores", "sales"),
        {"company": "text", "warehouse": "text", "customer": "text", "selling_price_list": "text"},
        people=("customer",),
        renames=("pos_invoice", "sales_invoice"),
    ),
    document(
        "mode_of_payment",
        "Mode of Payment",
        ("payments",),
        {},
        renames=("pos_invoice_payment", "sales_invoice_payment"),
    ),
    document(
        "account",
        "Account",
        _OF_LINES,
        {"account_type": "text"},
        renames=("pos_invoice_tax", "sales_invoice_tax"),
    ),
    document(
        "currency_exchange",
        "Currency Exchange",
        ("exchange_rates",),
        {"date": "date", "from_currency": "text", "to_currency": "text", "exchange_rate": "text"},
    ),
)

_PRODUCTS: Final = (
    child("item_barcode", "Item Barcode", "Item", _OF_PRODUCTS, {"barcode": "text", "uom": "text"}),
    child(
        "item_reorder",
        "Item Reorder",
        "Item",
        _OF_PRODUCTS,
        {"warehouse": "text", "warehouse_reorder_level": "decimal", "warehouse_reorder_qty": "decimal"},
    ),
    child(
        "item_default",
        "Item Default",
        "Item",
        ("supplier_terms",),
        {"company": "text", "default_warehouse": "text", "default_supplier": "text"},
    ),
    child(
        "item_supplier",
        "Item Supplier",
        "Item",
        ("supplier_terms",),
        {"supplier": "text", "supplier_part_no": "text"},
    ),
    child(
        "uom_conversion_detail",
        "UOM Conversion Detail",
        "Item",
        ("supplier_terms",),
        {"uom": "text", "conversion_factor": "text"},
    ),
    document(
        "item",
        "Item",
        _OF_PRODUCTS,
        {
            "item_name": "text",
            "item_group": "text",
            "brand": "text",
            "stock_uom": "text",
            "purchase_uom": "text",
            "is_stock_item": "boolean",
            "has_variants": "boolean",
            "disabled": "boolean",
            "variant_of": "text",
            "standard_rate": "decimal",
            "valuation_rate": "decimal",
            "last_purchase_rate": "decimal",
            "shelf_life_in_days": "integer",
            "end_of_life": "date",
            "lead_time_days": "integer",
            "min_order_qty": "decimal",
            "safety_stock": "decimal",
        },
        optional={"is_fixed_asset": "boolean", "delivered_by_supplier": "boolean"},
        renames=_ITEM_NAMED_IN,
        is_needed=True,
    ),
    document("item_group", "Item Group", _OF_PRODUCTS, {"parent_item_group": "text"}, renames=("item", "item_group")),
    document("brand", "Brand", _OF_PRODUCTS, {}, renames=("item",)),
    child(
        "product_bundle_item",
        "Product Bundle Item",
        "Product Bundle",
        _OF_PRODUCTS,
        {"item_code": "text", "qty": "decimal"},
    ),
    document("product_bundle", "Product Bundle", _OF_PRODUCTS, {"new_item_code": "text"}),
    document(
        "item_price",
        "Item Price",
        ("prices", "supplier_terms", "products"),
        {
            "item_code": "text",
            "price_list": "text",
            "uom": "text",
            "price_list_rate": "decimal",
            "currency": "text",
            "buying": "boolean",
            "selling": "boolean",
            "supplier": "text",
            "customer": "text",
            "valid_from": "date",
            "valid_upto": "date",
            "lead_time_days": "integer",
        },
        optional={"batch_no": "text"},
        people=("customer",),
    ),
    document(
        "price_list",
        "Price List",
        ("prices",),
        {"currency": "text", "buying": "boolean", "selling": "boolean", "enabled": "boolean"},
        renames=("item_price", "pos_profile"),
    ),
)

_PARTNERS: Final = (
    document(
        "supplier",
        "Supplier",
        ("suppliers",),
        {"supplier_name": "text", "default_currency": "text"},
        renames=("purchase_order", "item_default", "item_supplier", "item_price"),
    ),
)

CUSTOMER: Final = DocTable(
    raw=RawTable(
        name="customer",
        read_from="Customer",
        feeds=("customers",),
        columns={
            "name": "text",
            "customer_name": "text",
            "email": "text",
            "phone": "text",
            "email_hash": "text",
            "phone_hash": "text",
            "joined_date": "date",
        },
        key=("name",),
        reload_on_rename=("pos_invoice", "sales_invoice", "pos_profile", "item_price"),
    ),
    fields=("name", "customer_name", "email_id", "mobile_no", "creation"),
    optional=frozenset({"email_id", "mobile_no"}),
    people=("name",),
)
"""A customer's name is often a person's name, and its key: unless contacts may be stored, the key is its hash."""

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

TABLES: Final[tuple[DocTable, ...]] = (*_SHOP, *_PRODUCTS, *_PARTNERS, CUSTOMER, *_SALES, *_PURCHASES, *_STOCK)
"""Every table that has a row per document or per row inside one."""

COMPANY: Final = RawTable(
    name="company",
    read_from="Company",
    feeds=("stores",),
    columns={"name": "text", "currency": "text", "country_code": "text", "time_zone": "text"},
    key=("name",),
    strategy="whole",
)

REPORTED_SALES: Final = RawTable(
    name="reported_sales",
    read_from="totals of POS Invoice and Sales Invoice",
    feeds=("sales",),
    columns={
        "row_key": "text",
        "doctype": "text",
        "document": "text",
        "posting_date": "date",
        "company": "text",
        "pos_profile": "text",
        "set_warehouse": "text",
        "currency": "text",
        "tickets": "integer",
        "net_total": "decimal",
        "grand_total": "decimal",
    },
    key=("row_key",),
    strategy="whole",
)

REPORTED_STOCK: Final = RawTable(
    name="reported_stock",
    read_from="totals of Bin",
    feeds=("stock_levels",),
    columns={"item_code": "text", "on_hand": "decimal"},
    key=("item_code",),
    strategy="whole",
)
