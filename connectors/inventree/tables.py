"""The raw tables, and where and how each is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from connectors.column_types import LogicalType
from connectors.incremental import RawTable


@dataclass(frozen=True, slots=True)
class Listing:
    """A raw table and the list of the API that it is read from.

    Attributes:
        table: The raw table.
        path: Path of the list.
        right: Right that is needed, as the server names it: view on this model.
        role: The role of a group that brings this right, as its administration shows it.
        ordering: Fields to order by, the most telling first. There is no order by key before InvenTree 1.3, so pages
            may overlap where all of these are equal; reading notices (listing.py).
        fields: Field of the API for columns that have another name; a dot leads into an object.
        optional: Columns whose field some versions leave out.
        params: Filters, and switches that keep the answer small.
        is_essential: Whether nothing can be shown without it.
        is_personal: Whether rows may hold personal data.
    """

    table: RawTable
    path: str
    right: str
    role: str
    ordering: str
    fields: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    params: Mapping[str, str] = field(default_factory=dict)
    is_essential: bool = False
    is_personal: bool = False


def _table(
    name: str, read_from: str, feeds: tuple[str, ...], columns: Mapping[str, LogicalType], key: str = "id"
) -> RawTable:
    return RawTable(name, read_from, feeds, columns, (key,), strategy="whole")


SERVER: Final = _table(
    "server",
    "server",
    ("stores",),
    {"id": "integer", "version": "text", "api_version": "integer", "base_currency": "text", "time_zone": "text"},
)
EXCHANGE_RATE: Final = _table(
    "exchange_rate",
    "exchange rates",
    ("exchange_rates",),
    {"currency": "text", "base_currency": "text", "rate": "text", "updated": "timestamp"},
    key="currency",
)

STOCK: Final = Listing(
    _table(
        "stock",
        "stock items",
        ("stock_levels", "products"),
        {
            "id": "integer",
            "part": "integer",
            "location": "integer",
            "quantity": "decimal",
            "allocated": "decimal",
            "in_stock": "boolean",
            "purchase_price": "text",
            "purchase_price_currency": "text",
        },
    ),
    path="api/stock/",
    right="stockitem",
    role="Stock Items",
    ordering="id,part__name,part__IPN,stock,batch,location,SKU,updated,status,packaging,expiry_date,stocktake_date",
    params={"in_stock": "true", "part_detail": "false", "location_detail": "false", "supplier_part_detail": "false"},
    is_essential=True,
)
LOCATION: Final = Listing(
    _table(
        "location",
        "stock locations",
        ("stores", "stock_levels"),
        {"id": "integer", "name": "text", "parent": "integer", "top": "integer"},
    ),
    path="api/stock/location/",
    right="stocklocation",
    role="Stock Locations",
    ordering="id,pathstring,tree_id,lft",
    optional=frozenset({"top"}),
    is_essential=True,
)
PART: Final = Listing(
    _table(
        "part",
        "parts",
        ("products",),
        {
            "id": "integer",
            "name": "text",
            "ipn": "text",
            "revision": "text",
            "category": "integer",
            "units": "text",
            "active": "boolean",
            "is_template": "boolean",
            "virtual": "boolean",
            "variant_of": "integer",
            "default_expiry": "integer",
            "default_location": "integer",
            "category_default_location": "integer",
            "default_supplier": "integer",
            "minimum_stock": "decimal",
            "in_stock": "decimal",
        },
    ),
    path="api/part/",
    right="part",
    role="Parts",
    ordering="id,name,IPN,revision,creation_date",
    fields={"ipn": "IPN"},
    optional=frozenset({"category_default_location"}),
    is_essential=True,
)
CATEGORY: Final = Listing(
    _table(
        "category",
        "part categories",
        ("products",),
        {"id": "integer", "name": "text", "parent": "integer", "path": "text"},
    ),
    path="api/part/category/",
    right="partcategory",
    role="Part Categories",
    ordering="id,pathstring,tree_id,lft",
    optional=frozenset({"path"}),
)
SALE_PRICE: Final = Listing(
    _table(
        "part_sale_price",
        "sale prices",
        ("products",),
        {"id": "integer", "part": "integer", "quantity": "decimal", "price": "text", "price_currency": "text"},
    ),
    path="api/part/sale-price/",
    right="partsellpricebreak",
    role="Parts",
    ordering="id,quantity,price",
)
COMPANY: Final = Listing(
    _table(
        "company",
        "companies",
        ("suppliers", "customers"),
        {
            "id": "integer",
            "name": "text",
            "email": "text",
            "phone": "text",
            "email_hash": "text",
            "phone_hash": "text",
            "currency": "text",
            "active": "boolean",
            "is_supplier": "boolean",
            "is_customer": "boolean",
        },
    ),
    path="api/company/",
    right="company",
    role="Purchase Orders",
    ordering="id,name",
    optional=frozenset({"email_hash", "phone_hash"}),
    is_personal=True,
)
SUPPLIER_PART: Final = Listing(
    _table(
        "supplier_part",
        "supplier parts",
        ("supplier_terms", "purchase_order_lines"),
        {
            "id": "integer",
            "part": "integer",
            "supplier": "integer",
            "sku": "text",
            "active": "boolean",
            "pack_quantity_native": "text",
        },
    ),
    path="api/company/part/",
    right="supplierpart",
    role="Purchase Orders",
    ordering="id,SKU,supplier,part",
    fields={"sku": "SKU"},
    params={"part_detail": "false", "supplier_detail": "false", "manufacturer_detail": "false"},
)
PRICE_BREAK: Final = Listing(
    _table(
        "supplier_price_break",
        "supplier price breaks",
        ("supplier_terms",),
        {"id": "integer", "supplier_part": "integer", "quantity": "decimal", "price": "text", "price_currency": "text"},
    ),
    path="api/company/price-break/",
    right="supplierpricebreak",
    role="Purchase Orders",
    ordering="id,SKU,supplier,quantity,price",
    fields={"supplier_part": "part"},
)
PURCHASE_ORDER: Final = Listing(
    _table(
        "purchase_order",
        "purchase orders",
        ("purchase_orders",),
        {
            "id": "integer",
            "supplier": "integer",
            "status": "integer",
            "creation_date": "date",
            "issue_date": "date",
            "target_date": "date",
            "complete_date": "date",
            "order_currency": "text",
            "destination": "integer",
        },
    ),
    path="api/order/po/",
    right="purchaseorder",
    role="Purchase Orders",
    ordering="id,reference",
    optional=frozenset({"destination"}),
    params={"supplier_detail": "false"},
)
PURCHASE_ORDER_LINE: Final = Listing(
    _table(
        "purchase_order_line",
        "purchase order lines",
        ("purchase_order_lines", "receipts"),
        {
            "id": "integer",
            "purchase_order": "integer",
            "supplier_part": "integer",
            "part": "integer",
            "quantity": "decimal",
            "received": "decimal",
            "purchase_price": "text",
            "purchase_price_currency": "text",
            "target_date": "date",
            "destination": "integer",
            "usual_destination": "integer",
        },
    ),
    path="api/order/po-line/",
    right="purchaseorderlineitem",
    role="Purchase Orders",
    ordering="id,order,part_name,SKU,reference,target_date,quantity,received,purchase_price",
    fields={
        "purchase_order": "order",
        "supplier_part": "part",
        "part": "internal_part",
        "usual_destination": "destination_detail.pk",
    },
    optional=frozenset({"part", "target_date", "destination", "usual_destination"}),
    params={"part_detail": "false", "order_detail": "false", "destination_detail": "true"},
)

LISTINGS: Final = (
    STOCK,
    LOCATION,
    SALE_PRICE,
    PART,
    CATEGORY,
    PURCHASE_ORDER_LINE,
    PURCHASE_ORDER,
    PRICE_BREAK,
    SUPPLIER_PART,
    COMPANY,
)
"""In reading order: what names something else before that, so that nothing is named that was not yet there."""
