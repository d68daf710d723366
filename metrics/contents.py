"""What the serving file holds: its columns, its stores, its first and last day, and what no source could give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import duckdb
from sqlglot import exp

from metrics.catalogue import Metric
from metrics.policy import Schema
from retail.vocabulary import CATALOGUE, MARTS_SCHEMA

_SALE_LINES: Final = "fct_sale_lines"


@dataclass(frozen=True, slots=True)
class Store:
    """A store by each of the references that people use: `files:S2`, `S2`, `Old Town`."""

    store_id: str
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Facts about a serving file that do not change while it lives.

    Attributes:
        schema: Tables of the schema `marts` with columns and types.
        stores: Every store.
        first_date: First business day with a sale line.
        last_date: Last business day with one.
        capabilities: Table of the retail model to what each source says: whether it gives it, and a note.
        unconverted: Currency to the number of sale lines whose amounts could not be converted for want of a rate.
    """

    schema: Schema
    stores: tuple[Store, ...]
    first_date: date | None
    last_date: date | None
    capabilities: Mapping[str, Mapping[str, tuple[bool, str]]]
    unconverted: Mapping[str, int]


def read(connection: duckdb.DuckDBPyConnection) -> Contents:
    """Read the facts once, when a run is opened."""
    schema: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = ? AND schema_name = ? ORDER BY table_name, column_index",
        [CATALOGUE, MARTS_SCHEMA],
    ).fetchall():
        schema.setdefault(table.lower(), {})[column.lower()] = kind
    first, last = _one(connection, schema, _SALE_LINES, "min(business_date), max(business_date)") or (None, None)
    stores = _all(connection, schema, "dim_stores", "store_id, store_code, store")
    capabilities: dict[str, dict[str, tuple[bool, str]]] = {}
    for source, table, available, note in _all(
        connection, schema, "dim_capabilities", "source, table_name, is_available, note"
    ):
        capabilities.setdefault(table, {})[source] = (bool(available), note or "")
    missing_rate = "net_amount IS NULL AND net_amount_as_sold IS NOT NULL GROUP BY currency"
    unconverted = _all(connection, schema, _SALE_LINES, "coalesce(currency, '?'), count(*)", missing_rate)
    return Contents(schema, tuple(Store(*store) for store in stores), first, last, capabilities, dict(unconverted))


def newest_days(
    connection: duckdb.DuckDBPyConnection, contents: Contents, metrics: Iterable[Metric]
) -> dict[str, date]:
    """The newest business day in each mart that metrics are computed from; empty marts are left out."""
    columns = {table: column for metric in metrics for table, column in metric.time_columns.items()}
    found = {t: _one(connection, contents.schema, t, f"max({_column(c)})") for t, c in columns.items()}
    return {table: row[0] for table, row in found.items() if row and row[0] is not None}


def unknown_metrics(
    connection: duckdb.DuckDBPyConnection, contents: Contents, metrics: Iterable[Metric]
) -> dict[str, str]:
    """Metrics that this run cannot know, with the reason: no source gives the tables, or no row holds a value."""
    reasons: dict[str, str] = {}
    filled: dict[tuple[str, str], bool] = {}
    for metric in metrics:
        said = [contents.capabilities[table] for table in metric.needs_any_table if table in contents.capabilities]
        if said and not any(available for sources in said for available, _ in sources.values()):
            notes = sorted({f"{source}: {note}" for sources in said for source, (_, note) in sources.items() if note})
            reasons[metric.name] = f"no source gives {' or '.join(metric.needs_any_table)}"
            reasons[metric.name] += f" ({'; '.join(notes)})" if notes else ""
        for value in metric.needs_values:
            if value not in filled:
                filled[value] = _holds_values(connection, contents.schema, *value)
            if not filled[value]:
                reasons.setdefault(metric.name, f"no row of {value[0]} holds what it needs")
    return reasons


def caveats(metric: Metric, contents: Contents) -> list[str]:
    """Sentences on the sources that give none of what a metric needs, and on amounts without an exchange rate."""
    said = [contents.capabilities[table] for table in metric.needs_any_table if table in contents.capabilities]
    sources = {source for table in said for source in table}
    lacking = sorted(s for s in sources if not any(table.get(s, (False, ""))[0] for table in said))
    sentences = []
    if lacking and len(lacking) < len(sources):
        needed = " or ".join(metric.needs_any_table)
        sentences.append(f"{metric.label} leaves out {', '.join(lacking)}, which gives no {needed}.")
    if contents.unconverted and _SALE_LINES in metric.tables and metric.unit in {"currency", "ratio"}:
        lines = ", ".join(f"{count} in {currency}" for currency, count in sorted(contents.unconverted.items()))
        sentences.append(f"Amounts leave out sale lines that have no exchange rate: {lines}.")
    return sentences


def _holds_values(connection: duckdb.DuckDBPyConnection, schema: Schema, table: str, expression: str) -> bool:
    if table not in schema:
        return False
    query = f"SELECT 1 FROM {_name(table)} WHERE ({expression}) IS NOT NULL LIMIT 1"
    return connection.cursor().execute(query).fetchone() is not None


def _one(connection: duckdb.DuckDBPyConnection, schema: Schema, table: str, columns: str) -> tuple[date, date] | None:
    rows = _all(connection, schema, table, columns)
    return rows[0] if rows else None


def _all(
    connection: duckdb.DuckDBPyConnection, schema: Schema, table: str, columns: str, where: str = "true"
) -> list[tuple[Any, ...]]:
    if table not in schema:
        return []
    return connection.cursor().execute(f"SELECT {columns} FROM {_name(table)} WHERE {where}").fetchall()


def _column(name: str) -> str:
    return exp.column(name, quoted=True).sql(dialect="duckdb")


def _name(table: str) -> str:
    return exp.table_(table, db=MARTS_SCHEMA, catalog=CATALOGUE, quoted=True).sql(dialect="duckdb")
