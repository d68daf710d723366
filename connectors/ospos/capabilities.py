"""Which tables of the retail model a shop can fill, and what to do about the others."""

from __future__ import annotations

from typing import Final

from connectors.incremental import RETAIL_TABLES, Capability
from connectors.ospos.look import Shop

_FROM: Final = {
    "stores": ("Stock locations.", ()),
    "products": ("Items, deleted ones too.", ()),
    "suppliers": ("Suppliers of goods.", ("suppliers",)),
    "supplier_terms": (
        "The one supplier of each item, its cost, and its receiving quantity as pack size. OSPOS knows no lead times: "
        "set them in the app.",
        ("suppliers",),
    ),
    "customers": ("Customers.", ("customers",)),
    "sales": ("Completed sales, invoices and returns.", ()),
    "sale_lines": ("Their items.", ()),
    "payments": ("Their payments, less change given.", ()),
    "stock_levels": ("Quantities of items by location.", ("item_quantities",)),
    "stock_movements": ("The inventory log.", ("inventory",)),
    "receipts": ("Receivings from suppliers.", ("receivings", "receivings_items")),
}
_MISSING: Final = {
    "purchase_orders": "OSPOS has no purchase orders, order dates or due dates: lead times have to be set in the app.",
    "purchase_order_lines": "OSPOS has no purchase orders.",
    "prices": "OSPOS keeps no history of prices; the price now is with the product.",
    "promotions": "OSPOS has no promotions; discounts are with the sale lines.",
    "exchange_rates": "OSPOS keeps one currency.",
}


def capabilities_of(shop: Shop, *, is_stored: bool) -> dict[str, Capability]:
    """One entry for every table of the retail model.

    Args:
        shop: What the database lets be read.
        is_stored: Whether customers' names and contacts are stored as they are.
    """
    found = {}
    for table in RETAIL_TABLES:
        if table in _MISSING:
            found[table] = Capability(is_available=False, note=_MISSING[table])
            continue
        note, needs = _FROM[table]
        lacking = [name for name in needs if name not in shop.readable]
        if lacking:
            note = " ".join(str(shop.refused[name]) for name in lacking)
        elif table == "customers":
            note = _customers_note(shop, is_stored=is_stored)
        elif table == "products" and "items_taxes" not in shop.readable:
            note = f"{note} Tax rates are unknown: {shop.refused['items_taxes']}"
        found[table] = Capability(is_available=not lacking, note=note)
    return found


def _customers_note(shop: Shop, *, is_stored: bool) -> str:
    if "people" not in shop.readable:
        return f"Customers without names and contacts: {shop.refused['people']}"
    return "Customers with names and contacts." if is_stored else "Customers; contacts as hashes only."
