"""What InvenTree has of the retail model, and what it has not, in plain words."""

from __future__ import annotations

from typing import Final

from connectors.incremental import Capability
from connectors.inventree.rights import Rights
from connectors.inventree.tables import (
    COMPANY,
    PART,
    PRICE_BREAK,
    PURCHASE_ORDER,
    PURCHASE_ORDER_LINE,
    STOCK,
    SUPPLIER_PART,
    Listing,
)

_NO_SALES: Final = (
    "InvenTree has no till. Its sales orders name no store, no hour and no tax, and what was sold loses its place, so "
    "they are not taken for sales"
)
_LACKING: Final = {
    "sales": _NO_SALES,
    "sale_lines": _NO_SALES,
    "payments": "InvenTree keeps no payments",
    "stock_movements": (
        "InvenTree deletes the history of a stock item with the item once it is used up, so that what is left of it "
        "does not add up; stock is known as of now"
    ),
    "prices": "Sale prices have no dates; today's is the list price of the product",
    "promotions": "InvenTree has no promotions",
}
_FROM: Final[dict[str, tuple[str, tuple[Listing, ...]]]] = {
    "stores": ("Top-level stock locations", ()),
    "products": ("Parts; brand, barcode and tax rate are unknown", (PART,)),
    "suppliers": ("Companies that are suppliers", (COMPANY,)),
    "supplier_terms": (
        "Supplier parts with their pack size and price breaks; InvenTree has no lead times and no smallest order",
        (SUPPLIER_PART, PRICE_BREAK),
    ),
    "customers": ("Companies that are customers", (COMPANY,)),
    "stock_levels": ("Stock items that are in stock, by top-level location", (STOCK,)),
    "purchase_orders": ("Purchase orders", (PURCHASE_ORDER,)),
    "purchase_order_lines": ("Lines of purchase orders, packs turned into units", (PURCHASE_ORDER_LINE, SUPPLIER_PART)),
    "receipts": (
        "What lines of purchase orders say was received. Only a completed order has a date; what came of an open one "
        "is counted without",
        (PURCHASE_ORDER, PURCHASE_ORDER_LINE, SUPPLIER_PART),
    ),
    "exchange_rates": ("Today's rates of the server, where it fetches any", ()),
}


def capabilities_of(rights: Rights) -> dict[str, Capability]:
    """One entry per table of the retail model, by what the user of the token may view."""
    found = {table: _found(rights, note, needed) for table, (note, needed) in _FROM.items()}
    return found | {table: Capability(is_available=False, note=f"{why}.") for table, why in _LACKING.items()}


def _found(rights: Rights, note: str, needed: tuple[Listing, ...]) -> Capability:
    missing = [listing for listing in needed if not rights.may_read(listing)]
    if not missing:
        return Capability(is_available=True, note=f"{note}.")
    names = " and ".join(listing.table.read_from for listing in missing)
    roles = " and ".join(dict.fromkeys(listing.role for listing in missing))
    return Capability(
        is_available=False,
        note=f"{rights.user} may not view {names}. Give one of its groups the role {roles}, view only.",
    )
