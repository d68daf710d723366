"""Which tables of the retail model a database can fill, in words for the data-health page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from connectors.incremental import RETAIL_TABLES, Capability
from connectors.odoo.refusals import OdooRefusal

NEEDS: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "stores": [["stock.warehouse"], ["res.company"]],
    "products": [["product.product", "product.template"]],
    "suppliers": [["res.partner"]],
    "supplier_terms": [["product.supplierinfo"]],
    "customers": [["res.partner"]],
    "sales": [["pos.order", "pos.session", "pos.config"], ["sale.order"]],
    "sale_lines": [["pos.order", "pos.order.line"], ["sale.order", "sale.order.line"]],
    "payments": [["pos.payment", "pos.order"]],
    "stock_levels": [["stock.quant", "stock.location"]],
    "stock_movements": [["stock.move", "stock.location"]],
    "purchase_orders": [["purchase.order"]],
    "purchase_order_lines": [["purchase.order", "purchase.order.line"]],
    "receipts": [["stock.move", "stock.location", "purchase.order.line"]],
    "promotions": [["loyalty.program"]],
    "exchange_rates": [["res.currency.rate", "res.currency"]],
}
"""Models that fill a table: any of these sets will do."""

_PRICES: Final = "Odoo keeps no history of prices; the list price of today is with the product."
_NOTES: Final[Mapping[str, str]] = {
    "sales": "Tickets of the till, and confirmed sale orders at their order date.",
    "sale_lines": "Lines of tickets and sale orders; what a till settled of a sale order counts with the order.",
    "payments": "Payments at the till, change given and customer accounts too; payments of invoices are not read.",
    "stock_movements": "Done stock moves; those of a ticket at the time of the ticket where the move names it.",
}


def capabilities(refused: Mapping[str, OdooRefusal], totals_refused: Sequence[str]) -> dict[str, Capability]:
    """What can be filled.

    Args:
        refused: Models that cannot be read, and why.
        totals_refused: Models of which Odoo made no totals.
    """
    found = {table: _capability(table, refused) for table in RETAIL_TABLES if table != "prices"}
    found["prices"] = Capability(is_available=False, note=_PRICES)
    for model in totals_refused:
        table = "stock_levels" if model == "stock.quant" else "sales"
        note = f"{found[table].note} Odoo made no totals of {model}, so they cannot be compared.".strip()
        found[table] = Capability(found[table].is_available, note)
    return found


def _capability(table: str, refused: Mapping[str, OdooRefusal]) -> Capability:
    ways = NEEDS[table]
    lacking = [[model for model in way if model in refused] for way in ways]
    missing = dict.fromkeys(model for way in lacking for model in way)
    reasons = " ".join(_reason(refused[model]) for model in missing)
    if all(lacking):
        return Capability(is_available=False, note=reasons)
    return Capability(is_available=True, note=" ".join(filter(None, [_NOTES.get(table, ""), reasons])))


def _reason(error: OdooRefusal) -> str:
    if error.kind == "access":
        return f"Grant the reading user read access to {error.model} (docs/connect/odoo.md)."
    return f"There is no {error.model}: the module that brings it is not installed."
