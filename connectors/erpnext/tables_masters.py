"""Raw tables of what documents speak of: shops, products, prices, suppliers and customers."""

from __future__ import annotations

from typing import Final

from connectors.erpnext.doctable import DocTable, child, document
from connectors.incremental import RawTable

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

MASTERS: Final[tuple[DocTable, ...]] = (*_SHOP, *_PRODUCTS, *_PARTNERS, CUSTOMER)
"""In reading order."""
