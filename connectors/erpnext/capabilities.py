"""What a site has of the retail model, and what a missing right means, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from connectors.erpnext.access import Access
from connectors.erpnext.doctable import DocTable
from connectors.incremental import RETAIL_TABLES, Capability

_MADE_FROM: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "stores": (("warehouse",), "Warehouses that sell or hold stock."),
    "products": (("item",), "Items, without templates of variants."),
    "suppliers": (("supplier",), "Suppliers."),
    "supplier_terms": (("item", "supplier"), "Items' suppliers, lead times, minimum quantities and buying prices."),
    "customers": (("customer",), "Customers; those that a till sells to by default count as unknown."),
    "sales": (("pos_invoice", "sales_invoice"), "POS Invoices, and Sales Invoices that do not consolidate others."),
    "sale_lines": (("pos_invoice_item", "sales_invoice_item"), "Rows of those invoices, charges among them."),
    "payments": (("pos_invoice_payment",), "Payments inside invoices less change; not Payment Entries."),
    "stock_levels": (("bin",), "Bins, less what tills sold that is not consolidated yet."),
    "stock_movements": (("stock_ledger_entry",), "The stock ledger, and what is sold and not consolidated yet."),
    "purchase_orders": (("purchase_order",), "Purchase Orders."),
    "purchase_order_lines": (("purchase_order_item",), "Rows of Purchase Orders, in stock units."),
    "receipts": (("purchase_receipt",), "Purchase Receipts, and Purchase Invoices that move stock."),
    "prices": (("item_price", "price_list"), "Selling prices per stock unit that are not one customer's."),
    "exchange_rates": (("sales_invoice",), "Rates of the invoices, and Currency Exchange."),
}
"""The raw tables without which a table of the retail model has no rows, and where it comes from."""

MISSED: Final[dict[str, str]] = {
    "POS Profile": "tills and their shops are only known as far as invoices name warehouses, and the customer that "
    "stands for everybody cannot be told apart",
    "Mode of Payment": "a renamed mode of payment keeps its old name in older payments",
    "Account": "rows of invoices' taxes of type Actual all count as charges, even where they are taxes",
    "Currency Exchange": "exchange rates are only known for days with an invoice in that currency",
    "Item Group": "products have one category and no departments above it",
    "Brand": "a renamed brand keeps its old name on products",
    "Product Bundle": "bundles look like services, so that their sales count as charges",
    "Item Price": "there are no price lists, and no lead times or costs per supplier",
    "Price List": "selling prices are not known",
    "Supplier": "suppliers and their terms stay unknown",
    "Customer": "customers stay unknown",
    "Purchase Order": "what is on order and lead times stay unknown",
    "Purchase Receipt": "what was received, and lead times, stay unknown",
    "Stock Ledger Entry": "stock has no history, so stockouts and lost sales cannot be told",
    "Bin": "stock on hand stays unknown",
}
"""What it means that the user may not read a DocType."""


def capabilities_of(access: Mapping[str, Access]) -> dict[str, Capability]:
    """What there is, for every table of the retail model."""
    found = {table: _capability(access, *_MADE_FROM[table]) for table in RETAIL_TABLES if table in _MADE_FROM}
    found["promotions"] = Capability(False, "Pricing Rules are not read; what they took off is in the discounts.")
    return {table: found[table] for table in RETAIL_TABLES}


def sentence(tables: Sequence[DocTable]) -> str:
    """What is missing that everything needs, and what to do."""
    rights = ", ".join(dict.fromkeys(table.right for table in tables))
    return (
        f"{rights} cannot be read, and without them there are no sales. Grant the role of the API user Read on them, "
        "as docs/connect/erpnext.md shows."
    )


def _capability(access: Mapping[str, Access], tables: Sequence[str], note: str) -> Capability:
    closed = [name for name in tables if not access[name].is_open]
    if not closed:
        return Capability(True, note)
    names = ", ".join(name.replace("_", " ").title() for name in closed)
    return Capability(False, f"The API user may not read {names}. Grant its role Read on it.")
