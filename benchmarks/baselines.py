"""The same work without the product: plain DuckDB on the same files, with the same threads and memory."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from benchmarks.comparison import require_equal
from benchmarks.folder import BenchmarkFolder
from benchmarks.process import Outcome
from benchmarks.timing import WARM_REPEATS, median_seconds, stopwatch
from connectors.column_types import DUCKDB_TYPES
from connectors.files.template import TemplateTable, template
from retail.duckdb_options import OFFLINE
from retail.settings import Settings

HANDWRITTEN: Final = Path(__file__).with_name("handwritten.sql")
HANDWRITTEN_QUERY: Final = """
    select store, date_trunc('week', business_date) as week, sum(net_amount) as net_sales
    from fct_sale_lines join dim_stores using (store_id)
    where line_type <> 'charge' group by all order by all
"""


def read_csv(folder: BenchmarkFolder) -> Outcome:
    """Every file into a typed table, by DuckDB's own reader: no keys, no checks, nothing put aside."""
    rows = 0
    with duckdb.connect(str(folder.csv_reader_database), config=_config()) as connection, stopwatch() as watch:
        for name, table in template().tables.items():
            files = folder.files_of(name)
            if files:
                columns = _types(connection, files[0], table)
                connection.execute(
                    f"create table {name} as from read_csv(?, header = true, columns = {columns})", [files]
                )
                rows += _count(connection, name)
        connection.execute("checkpoint")
    folder.csv_reader_database.unlink()
    return Outcome(watch.seconds, {"rows": rows})


def handwritten(folder: BenchmarkFolder) -> Outcome:
    """The marts by one SQL file, straight from the raw tables; their rows and totals must be the product's."""
    folder.handwritten_database.unlink(missing_ok=True)
    with duckdb.connect(str(folder.handwritten_database), config=_config()) as connection:
        connection.execute(
            "set timezone = 'UTC'; set preserve_insertion_order = false; set enable_progress_bar = false"
        )
        connection.execute(f"attach '{folder.workspace.warehouse}' as warehouse (read_only)")
        with stopwatch() as watch:
            connection.execute(HANDWRITTEN.read_text())
            connection.execute("checkpoint")
        compared = require_equal(connection)
    return Outcome(watch.seconds, {"tables": compared, "bytes": folder.handwritten_database.stat().st_size})


def handwritten_query(folder: BenchmarkFolder) -> Outcome:
    """Net sales by store and week in SQL, over the hand-written tables: the median of warm repeats."""
    with duckdb.connect(str(folder.handwritten_database), read_only=True, config=_config()) as connection:
        rows = len(connection.execute(HANDWRITTEN_QUERY).fetchall())
        warm = median_seconds(lambda: connection.execute(HANDWRITTEN_QUERY).fetchall(), WARM_REPEATS)
    return Outcome(warm, {"rows": rows})


def _config() -> dict[str, str | bool | int | float | list[str]]:
    settings = Settings()
    return {**OFFLINE, "threads": settings.threads, "memory_limit": settings.warehouse_memory_limit}


def _types(connection: duckdb.DuckDBPyConnection, file: str, table: TemplateTable) -> dict[str, str]:
    header = connection.execute("select column_name from (describe from read_csv(?))", [file]).fetchall()
    return {column: DUCKDB_TYPES[table.columns[column].type] for (column,) in header}


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])
