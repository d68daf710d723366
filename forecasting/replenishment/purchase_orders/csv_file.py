"""A purchase order as CSV, which a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
from typing import Final

from forecasting.replenishment.purchase_orders.orders import PurchaseOrder

COLUMNS: Final = (
    "purchase_order",
    "order_date",
    "supplier_id",
    "supplier",
    "sku",
    "product",
    "store_id",
    "store",
    "quantity",
    "unit_cost",
    "amount",
    "currency",
    "delivery_date",
)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What makes a spreadsheet read a cell as a formula, in both widths (OWASP, CSV injection)."""


def to_csv(order: PurchaseOrder) -> bytes:
    """The order, UTF-8 with a byte order mark (without one, spreadsheets garble names): a row per line, then totals."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    supplier = (order.number, order.ordered_on, _safe(order.supplier_id or ""), _safe(order.supplier))
    for line in order.lines:
        goods = (_safe(line.sku), _safe(line.product), _safe(line.store_id), _safe(line.store))
        money = (line.unit_cost, line.amount, _safe(line.currency))
        writer.writerow((*supplier, *goods, line.quantity, *money, line.delivery_date))
    for currency, amount in order.amounts.items():
        writer.writerow((*supplier, "Total", "", "", "", order.units, "", amount, _safe(currency), ""))
    return text.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) else text
