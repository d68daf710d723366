"""The tables that are read, their columns, and what each is for. Nothing else in the database is asked for."""

from __future__ import annotations

from typing import Final

from connectors.column_types import LogicalType
from connectors.ospos.spec import Column, TableSpec

_ID: Final = Column("integer")
_NUMBER: Final = Column("decimal")
_TEXT: Final = Column("text")
_FLAG: Final = Column("boolean")
_SALE_LINE: Final = {"sale_id": _ID, "item_id": _ID, "line": _ID}

CONFIG_KEYS: Final = ("timezone", "currency_code", "currency_symbol", "currency_decimals", "tax_included")
"""Settings of the shop that are read; `app_config` holds passwords and API keys as well."""

LOGGED: Final = "^(POS|RECV|Deleting sale|Deleting receiving) [0-9]+$"
"""Comments of the stock log that OSPOS writes itself, in every language. Others are typed by people and stay there."""

SALES: Final = (
    TableSpec(
        "sales_items",
        ("sale_lines",),
        ("sale_id", "item_id", "line"),
        {
            **_SALE_LINE,
            "quantity_purchased": _NUMBER,
            "item_cost_price": _NUMBER,
            "item_unit_price": _NUMBER,
            "discount": _NUMBER,
            "discount_type": _ID,
            "item_location": _ID,
        },
        "sales",
    ),
    TableSpec(
        "sales_items_taxes",
        ("sale_lines",),
        ("sale_id", "item_id", "line", "name", "percent"),
        {**_SALE_LINE, "name": _TEXT, "percent": _NUMBER, "tax_type": _ID, "item_tax_amount": _NUMBER},
        "sales",
    ),
    TableSpec(
        "sales_payments",
        ("payments",),
        ("sale_id", "payment_id"),
        {
            "sale_id": _ID,
            "payment_id": _ID,
            # "Gift Card:123" names a card that can be spent.
            "tender": Column("text", "substring_index(`payment_type`, ':', 1)"),
            "payment_amount": _NUMBER,
            "cash_refund": _NUMBER,
            "cash_adjustment": _ID,
        },
        "sales",
    ),
    TableSpec(
        "sales",
        ("sales",),
        ("sale_id",),
        {
            "sale_id": _ID,
            "sale_time": Column("wall", is_required=True),
            "customer_id": _ID,
            "employee_id": _ID,
            "sale_status": _ID,
            "sale_type": _ID,
        },
        "sales",
    ),
)

STOCK: Final = (
    TableSpec(
        "receivings_items",
        ("receipts",),
        ("receiving_id", "item_id", "line"),
        {
            "receiving_id": _ID,
            "item_id": _ID,
            "line": _ID,
            "quantity_purchased": _NUMBER,
            "receiving_quantity": _NUMBER,
            "item_unit_price": _NUMBER,
            "discount": _NUMBER,
            "discount_type": _ID,
            "item_location": _ID,
        },
        "receivings",
        is_optional=True,
    ),
    TableSpec(
        "receivings",
        ("receipts",),
        ("receiving_id",),
        {"receiving_id": _ID, "receiving_time": Column("wall", is_required=True), "supplier_id": _ID},
        "receivings",
        is_optional=True,
    ),
    TableSpec(
        "inventory",
        ("stock_movements",),
        ("trans_id",),
        {
            "trans_id": _ID,
            "trans_items": _ID,
            "trans_location": _ID,
            "trans_inventory": _NUMBER,
            "trans_date": Column("wall", is_required=True),
            "trans_date_of_server": Column("server", "trans_date"),
            "trans_comment": Column("text", f"case when `trans_comment` regexp '{LOGGED}' then `trans_comment` end"),
        },
        "inventory",
        is_optional=True,
    ),
)

MASTERS: Final = (
    TableSpec(
        "app_config",
        ("stores",),
        ("name",),
        {"name": Column("text", "`key`"), "value": _TEXT},
    ),
    TableSpec(
        "stock_locations",
        ("stores",),
        ("location_id",),
        {"location_id": _ID, "location_name": _TEXT, "deleted": _FLAG},
    ),
    TableSpec(
        "items",
        ("products", "supplier_terms"),
        ("item_id",),
        {
            "item_id": _ID,
            "name": _TEXT,
            "category": _TEXT,
            "supplier_id": _ID,
            "item_number": _TEXT,
            "cost_price": _NUMBER,
            "unit_price": _NUMBER,
            "receiving_quantity": _NUMBER,
            "deleted": _FLAG,
            "stock_type": _ID,
            "item_type": _ID,
            "pack_name": _TEXT,
        },
    ),
    TableSpec(
        "items_taxes",
        ("products",),
        ("item_id", "name", "percent"),
        {"item_id": _ID, "name": _TEXT, "percent": _NUMBER},
        is_optional=True,
    ),
    TableSpec(
        "item_quantities",
        ("stock_levels",),
        ("item_id", "location_id"),
        {"item_id": _ID, "location_id": _ID, "quantity": _NUMBER},
        is_optional=True,
    ),
    TableSpec(
        "suppliers",
        ("suppliers", "supplier_terms"),
        ("person_id",),
        {"person_id": _ID, "company_name": _TEXT, "category": _ID, "deleted": _FLAG},
        is_optional=True,
    ),
    TableSpec(
        "customers",
        ("customers",),
        ("person_id",),
        {
            "person_id": Column("integer", "c.`person_id`"),
            "joined_at": Column("server", "date"),
            "consent": Column("boolean", "c.`consent`"),
            "company_name": Column("text", "c.`company_name`"),
            "first_name": Column("text", "p.`first_name`"),
            "last_name": Column("text", "p.`last_name`"),
            "email": Column("text", "p.`email`"),
            "phone": Column("text", "p.`phone_number`"),
        },
        is_optional=True,
    ),
)

SPECS: Final = {spec.name: spec for spec in (*SALES, *STOCK, *MASTERS)}
READABLE: Final = frozenset(SPECS) | {"people"}
"""Tables that may be read; nothing else can be asked for."""

CUSTOMERS: Final[dict[str, LogicalType]] = {
    "person_id": "integer",
    "joined_at": "timestamp",
    "name": "text",
    "email": "text",
    "phone": "text",
    "email_hash": "text",
    "phone_hash": "text",
    "consent": "boolean",
}
"""The raw table of customers; names, addresses and numbers are null unless the source may store them."""

DOCUMENTS: Final = {
    "sales": ("sale_id", "sale_time"),
    "receivings": ("receiving_id", "receiving_time"),
    "inventory": ("trans_id", "trans_date"),
}
"""Tables of documents: the column that numbers them and that of their time."""
