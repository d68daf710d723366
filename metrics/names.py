"""Reading the names of a published run as one principal may see them, through the guard like every other read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sqlglot import exp

from metrics.policy import Policy
from metrics.result import Row
from metrics.values import Named, ValueIndex
from retail.vocabulary import CATALOGUE, MARTS_SCHEMA

MOST_NAMES: Final = 200_000
"""Rows of a table of names that are read."""

_LISTS: Final = (
    ("dim_suppliers", "supplier", "supplier"),
    ("dim_products", "supplier", "supplier"),
    ("dim_products", "department", "department"),
    ("dim_products", "category", "category"),
    ("dim_products", "brand", "brand"),
    ("fct_sale_lines", "promotion", "promotion"),
    ("fct_sale_lines", "channel", "channel"),
    ("fct_sale_lines", "currency", "currency"),
    ("fct_sale_lines", "source", "source"),
    ("fct_payments", "tender", "tender"),
)
"""Table, column and the dimension whose values it holds."""

Ask = Callable[[str], list[Row]]
"""Runs SQL of ours for the principal, guarded."""


def read(policy: Policy, ask: Ask) -> ValueIndex:
    """The index of every name that a principal may see.

    Args:
        policy: What the principal may read; tables that a run lacks give no names.
        ask: Runs SQL for the same principal.
    """
    return ValueIndex([*_stores(policy, ask), *_products(policy, ask), *_lists(policy, ask)])


def _stores(policy: Policy, ask: Ask) -> Iterator[Named]:
    for row in _rows("dim_stores", ("store", "name", "store_code", "store_id"), policy, ask):
        if row["store"] is not None:
            yield Named("store", str(row["store"]), _texts(row, "name"), _texts(row, "store_code", "store_id"))


def _products(policy: Policy, ask: Ask) -> Iterator[Named]:
    for row in _rows("dim_products", ("product", "name", "sku", "barcode"), policy, ask):
        if row["product"] is not None:
            yield Named("product", str(row["product"]), _texts(row, "name"), _texts(row, "sku", "barcode"))


def _lists(policy: Policy, ask: Ask) -> Iterator[Named]:
    found = {
        (dimension, str(row[column])): None
        for table, column, dimension in _LISTS
        for row in _rows(table, (column,), policy, ask)
        if row[column] is not None
    }
    return (Named(dimension, value) for dimension, value in found)


def _rows(table: str, columns: Sequence[str], policy: Policy, ask: Ask) -> list[Row]:
    """Rows with those of the columns that may be read; none where the first one may not."""
    readable = [name for name in columns if name in policy.tables.get(table, ())]
    if readable[:1] != [columns[0]]:
        return []
    selected = exp.select(*(exp.column(name, quoted=True) for name in readable)).distinct()
    return ask(selected.from_(exp.table_(table, MARTS_SCHEMA, CATALOGUE)).sql(dialect="duckdb"))


def _texts(row: Row, *columns: str) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in columns if row.get(column) is not None)
