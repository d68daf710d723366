"""What the serving file holds: its columns, its stores, its first and last day, and what no source could give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
from sqlglot import exp

from metrics.catalogue import Metric
from metrics.policy import Schema
from retail.vocabulary import CATALOGUE, MARTS_SCHEMA


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
    """

    schema: Schema
    stores: tuple[Store, ...]
    first_date: date | None
    last_date: date | None
    capabilities: Mapping[str, Mapping[str, tuple[bool, str]]]


def read(connection: duckdb.DuckDBPyConnection) -> Contents:
    """Read the facts once, when a run is opened."""
    schema: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = ? AND schema_name = ? ORDER BY table_name, column_index",
        [CATALOGUE, MARTS_SCHEMA],
    ).fetchall():
        schema.setdefault(table.lower(), {})[column.lower()] = kind
    first, last = _one(connection, schema, "fct_sale_lines", "min(business_date), max(business_date)") or (None, None)
    stores = _all(connection, schema, "dim_stores", "store_id, store_code, store")
    capabilities: dict[str, dict[str, tuple[bool, str]]] = {}
    for source, table, available, note in _all(
        connection, schema, "dim_capabilities", "source, table_name, is_available, note"
    ):
        capabilities.setdefault(table, {})[source] = (bool(available), note or "")
    return Contents(schema, tuple(Store(*store) for store in stores), first, last, capabilities)


def unknown_metrics(
    connection: duckdb.DuckDBPyConnection, contents: Contents, metrics: Iterable[Metric]
) -> dict[str, str]:
    """Metrics that this run cannot know, with the reason: no source gives the table, or a column holds no value."""
    reasons: dict[str, str] = {}
    filled: dict[str, bool] = {}
    for metric in metrics:
        for table in metric.needs_tables:
            said = contents.capabilities.get(table, {})
            if said and not any(available for available, _ in said.values()):
                notes = "; ".join(f"{source}: {note}" for source, (_, note) in sorted(said.items()) if note)
                reasons[metric.name] = f"no source gives {table}" + (f" ({notes})" if notes else "")
        for column in metric.needs_columns:
            if column not in filled:
                filled[column] = _holds_values(connection, contents.schema, *column.split("."))
            if not filled[column]:
                reasons.setdefault(metric.name, f"{column} holds no values")
    return reasons


def partly_known(metric: Metric, contents: Contents) -> list[str]:
    """Sources that do not give what a metric needs, while others do, as sentences."""
    sentences = []
    for table in metric.needs_tables:
        said = contents.capabilities.get(table, {})
        lacking = sorted(source for source, (available, _) in said.items() if not available)
        if lacking and len(lacking) < len(said):
            sentences.append(f"{metric.label} leaves out {', '.join(lacking)}, which gives no {table}.")
    return sentences


def _holds_values(connection: duckdb.DuckDBPyConnection, schema: Schema, table: str, column: str) -> bool:
    if column not in schema.get(table, {}):
        return False
    query = f"SELECT 1 FROM {_name(table)} WHERE {exp.to_identifier(column, quoted=True)} IS NOT NULL LIMIT 1"
    return connection.cursor().execute(query).fetchone() is not None


def _one(connection: duckdb.DuckDBPyConnection, schema: Schema, table: str, columns: str) -> tuple[date, date] | None:
    rows = _all(connection, schema, table, columns)
    return rows[0] if rows else None


def _all(connection: duckdb.DuckDBPyConnection, schema: Schema, table: str, columns: str) -> list[tuple]:  # type: ignore[type-arg]
    if table not in schema:
        return []
    return connection.cursor().execute(f"SELECT {columns} FROM {_name(table)}").fetchall()


def _name(table: str) -> str:
    return exp.table_(table, db=MARTS_SCHEMA, catalog=CATALOGUE, quoted=True).sql(dialect="duckdb")
