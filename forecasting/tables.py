"""The published tables that this package writes: their columns, and writing them so that no reader sees half."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import duckdb
import pandas as pd

from forecasting.replenishment.tables import SCHEMAS as REPLENISHMENT_SCHEMAS
from retail.errors import ForecastError
from retail.vocabulary import MARTS_SCHEMA, QUANTILE_COLUMNS, TOTAL_COLUMNS

FORECASTS = "fct_forecasts"
FORECAST_SERIES = "fct_forecast_series"
FORECAST_ACCURACY = "fct_forecast_accuracy"
FORECAST_HISTORY = "fct_forecast_history"
FORECAST_SCENARIOS = "fct_forecast_scenarios"
DEMAND_TOTALS = "fct_demand_totals"
DEMAND_DAILY = "fct_demand_daily"

_SCORES = dict.fromkeys(("wql", "mase", "wape", "bias", "coverage_10", "coverage_90"), "double")

SCHEMAS: dict[str, dict[str, str]] = {
    FORECASTS: {
        "run_id": "varchar",
        "series_id": "varchar",
        "level": "varchar",
        "store_id": "varchar",
        "product_id": "varchar",
        "category": "varchar",
        "cutoff_date": "date",
        "target_date": "date",
        "horizon_days": "integer",
        "model_name": "varchar",
        **dict.fromkeys(QUANTILE_COLUMNS, "double"),
    },
    FORECAST_SERIES: {
        "series_id": "varchar",
        "level": "varchar",
        "store_id": "varchar",
        "product_id": "varchar",
        "category": "varchar",
        "model_name": "varchar",
        "history_days": "integer",
        "mean_daily_units": "double",
        "evidence": "varchar",
        **_SCORES,
    },
    FORECAST_ACCURACY: {
        "model_name": "varchar",
        "segment": "varchar",
        "series": "integer",
        **_SCORES,
        "seconds": "double",
    },
    FORECAST_HISTORY: {
        "run_id": "varchar",
        "kind": "varchar",
        "cutoff_date": "date",
        "model_name": "varchar",
        "segment": "varchar",
        "series": "integer",
        **_SCORES,
        "expected_wql": "double",
        "is_drifting": "boolean",
    },
    FORECAST_SCENARIOS: {
        "series_id": "varchar",
        "store_id": "varchar",
        "product_id": "varchar",
        "scenario": "varchar",
        "price_change": "double",
        "is_promoted": "boolean",
        "target_date": "date",
        "q10": "double",
        "q50": "double",
        "q90": "double",
    },
    DEMAND_TOTALS: {
        "series_id": "varchar",
        "store_id": "varchar",
        "product_id": "varchar",
        "cutoff_date": "date",
        "horizon_days": "integer",
        "target_date": "date",
        "model_name": "varchar",
        "evidence": "varchar",
        "mean_units": "double",
        **dict.fromkeys(TOTAL_COLUMNS, "double"),
    },
    DEMAND_DAILY: {
        "series_id": "varchar",
        "store_id": "varchar",
        "product_id": "varchar",
        "business_date": "date",
        "units_sold": "double",
        "demand": "double",
        "availability": "double",
        "is_in_stock": "boolean",
        "is_promoted": "boolean",
    },
}


_EVERY_SCHEMA = {**SCHEMAS, **REPLENISHMENT_SCHEMAS}


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the forecast and replenishment tables, typed and empty, where they are missing or have other columns.

    dbt declares them as sources and pages read them, so they exist before the first forecast.
    """
    connection.execute(f"create schema if not exists {MARTS_SCHEMA}")
    for table, columns in _EVERY_SCHEMA.items():
        if _columns(connection, table) != list(columns):
            definition = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"create or replace table {MARTS_SCHEMA}.{table} ({definition})")


def replace(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pd.DataFrame]) -> None:
    """Put new rows into the named tables, all of them or none, in one transaction.

    Args:
        connection: The warehouse, writable, with no transaction open.
        tables: Rows by table name; a frame needs every column of the table, in any order.

    Raises:
        ForecastError: The rows could not be written; the old ones are still there.
    """
    ensure_tables(connection)
    connection.begin()
    try:
        for table, rows in tables.items():
            names = list(_EVERY_SCHEMA[table])
            connection.execute(f"delete from {MARTS_SCHEMA}.{table}")
            connection.register("new_rows", rows[names])
            connection.execute(f"insert into {MARTS_SCHEMA}.{table} select {', '.join(names)} from new_rows")
            connection.unregister("new_rows")
        connection.commit()
    except (duckdb.Error, KeyError) as error:
        with suppress(duckdb.Error):
            connection.rollback()
        raise ForecastError(
            f"The forecast could not be written to {', '.join(tables)}: {error}. The previous forecast is kept; "
            "check free disk space and run the step again."
        ) from error


def empty(table: str) -> pd.DataFrame:
    """A frame with the table's columns and no rows."""
    return pd.DataFrame(columns=list(_EVERY_SCHEMA[table]))


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows = connection.execute(
        "select column_name from information_schema.columns where table_catalog = current_database() "
        "and table_schema = ? and table_name = ? order by ordinal_position",
        [MARTS_SCHEMA, table],
    ).fetchall()
    return [name for (name,) in rows]
