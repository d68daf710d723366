"""Bringing the tables of a server up to date: a first load that resumes, then changes by cursor, then deletions.

A connector opens a `Source` (its readers and what it has); `load_source` does the rest, the same way for every one.
"""

from __future__ import annotations

from typing import Final

from connectors.incremental.load import load_source
from connectors.incremental.reader import Capability, ReadWhole, Source, TableReader
from connectors.incremental.rows import arrow_schema, typed_rows
from connectors.incremental.table import (
    Batch,
    ByKey,
    Cursor,
    Everything,
    Key,
    KeyRange,
    OfParents,
    RawTable,
    Rejected,
    Replaces,
)

__all__ = [
    "RETAIL_TABLES",
    "Batch",
    "ByKey",
    "Capability",
    "Cursor",
    "Everything",
    "Key",
    "KeyRange",
    "OfParents",
    "RawTable",
    "ReadWhole",
    "Rejected",
    "Replaces",
    "Source",
    "TableReader",
    "arrow_schema",
    "load_source",
    "typed_rows",
]

RETAIL_TABLES: Final = (
    "stores",
    "products",
    "suppliers",
    "supplier_terms",
    "customers",
    "sales",
    "sale_lines",
    "payments",
    "stock_levels",
    "stock_movements",
    "purchase_orders",
    "purchase_order_lines",
    "receipts",
    "prices",
    "promotions",
    "exchange_rates",
)
"""The tables of the retail model, each of which a source has or declares missing."""
