"""Is the hand-written SQL the same work? Rows and totals of each table, side by side with the product's marts."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import duckdb

TOTALS: Final[dict[str, tuple[str, ...]]] = {
    "dim_stores": (),
    "dim_products": ("list_price", "unit_cost"),
    "dim_suppliers": (),
    "dim_customers": (),
    "fct_sale_lines": (
        "units_sold",
        "units_returned",
        "net_amount",
        "tax_amount",
        "gross_amount",
        "discount_amount",
        "cost_amount",
        "costed_net_amount",
        "hour",
    ),
    "fct_sales": ("lines", "units_sold", "units_returned", "net_amount", "gross_amount", "payments_amount"),
    "fct_payments": ("amount",),
    "fct_sales_daily": ("units_sold", "units_returned", "net_amount", "discount_amount", "cost_amount", "transactions"),
    "fct_stock_levels": ("on_hand", "available", "on_order", "stock_value", "mean_daily_units"),
    "fct_stock_daily": (
        "opening",
        "received",
        "sold",
        "on_hand",
        "stock_value",
        "lost_units_estimate",
        "lost_sales_estimate",
    ),
    "fct_stock_ageing": ("units", "stock_value"),
    "fct_purchase_order_lines": ("ordered_quantity", "received_quantity"),
    "fct_supplier_performance": ("orders",),
}
"""Tables that the hand-written SQL makes, with the columns that are added up."""

RELATIVE_TOLERANCE: Final = Decimal("1e-9")
"""For totals of floating-point columns, which depend on the order of adding."""


def require_equal(connection: duckdb.DuckDBPyConnection) -> int:
    """Compare each table with the mart of its name, and return how many were compared.

    Raises:
        RuntimeError: Rows or totals differ; names each with both figures.
    """
    differences = []
    for table, columns in TOTALS.items():
        by_hand = _totals(connection, table, columns)
        in_marts = _totals(connection, f"warehouse.marts.{table}", columns)
        for name, mine, theirs in zip(("rows", *columns), by_hand, in_marts, strict=True):
            if abs(mine - theirs) > abs(theirs) * RELATIVE_TOLERANCE:
                differences.append(f"{table} {name}: {mine} by hand, {theirs} in the marts")
    if differences:
        raise RuntimeError("; ".join(differences))
    return len(TOTALS)


def _totals(connection: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> list[Decimal]:
    sums = "".join(f", coalesce(sum({column}), 0)" for column in columns)
    row = connection.execute(f"select count(*){sums} from {table}").fetchone()
    assert row is not None
    return [Decimal(str(value)) for value in row]
