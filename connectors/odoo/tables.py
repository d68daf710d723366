"""Every raw table of Odoo, in the order in which they are read."""

from __future__ import annotations

from typing import Final

from connectors.odoo.fields import OdooTable
from connectors.odoo.tables_catalogue import CATALOGUE_TABLES
from connectors.odoo.tables_sales import SALES_TABLES
from connectors.odoo.tables_stock import STOCK_TABLES

TABLES: Final[tuple[OdooTable, ...]] = (*SALES_TABLES, *STOCK_TABLES, *CATALOGUE_TABLES)

MODELS: Final[tuple[str, ...]] = tuple(dict.fromkeys(table.model for table in TABLES))
"""Models that are read, each of which the user needs read access to."""
