"""How many rows there are, here and there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.contract.erpnext.conftest import FakeSite, Shop

PAIRS = {
    "pos_invoice": "POS Invoice",
    "pos_invoice_item": "POS Invoice Item",
    "sales_invoice": "Sales Invoice",
    "sales_invoice_item": "Sales Invoice Item",
    "stock_ledger_entry": "Stock Ledger Entry",
    "item": "Item",
    "bin": "Bin",
    "customer": "Customer",
    "purchase_order_item": "Purchase Order Item",
}


def counts(shop: Shop) -> dict[str, int]:
    return {table: shop.value(f"SELECT count(*) FROM raw_erpnext.{table}") for table in PAIRS}


def expected(site: FakeSite) -> dict[str, int]:
    return {table: len(site.tables[doctype]) for table, doctype in PAIRS.items()}
