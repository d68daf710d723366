"""The raw tables of ERPNext, in the order in which they are read."""

from __future__ import annotations

from typing import Final

from connectors.erpnext.doctable import DocTable
from connectors.erpnext.tables_documents import DOCUMENTS
from connectors.erpnext.tables_masters import CUSTOMER, MASTERS
from connectors.incremental import RawTable

__all__ = ["COMPANY", "CUSTOMER", "REPORTED_SALES", "REPORTED_STOCK", "TABLES"]

TABLES: Final[tuple[DocTable, ...]] = (*MASTERS, *DOCUMENTS)
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
