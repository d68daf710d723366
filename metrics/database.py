"""The sandbox: a DuckDB that can read one serving file and nothing else, with rows and columns hidden below the SQL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from sqlglot import exp

from metrics.policy import Policy
from retail.duckdb_options import OFFLINE
from retail.settings import Settings
from retail.vocabulary import CATALOGUE, MARTS_SCHEMA

_BASE: Final = "serving_file"
_STORE_COLUMN: Final = "store_id"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a sandbox is made of; plain data, so that it travels to the worker process.

    Attributes:
        file: The serving file.
        memory_limit: In DuckDB's notation.
        threads: Processor threads.
        views: Statements that put views between the SQL and the file; none where nothing is hidden.
    """

    file: str
    memory_limit: str
    threads: int
    views: tuple[str, ...]


def describe(file: Path, policy: Policy, settings: Settings) -> Sandbox:
    """The sandbox that a policy asks for."""
    views: tuple[str, ...] = ()
    if policy.needs_views:
        views = tuple(_view(table, tuple(columns), policy.stores) for table, columns in sorted(policy.tables.items()))
    return Sandbox(str(file), settings.query_memory_limit, settings.threads, views)


def open_sandbox(sandbox: Sandbox) -> duckdb.DuckDBPyConnection:
    """Open the serving file as catalogue `warehouse`, read-only, then shut every other door and lock it.

    Where something is hidden, `warehouse` is an empty database in memory whose views read the file; the SQL above it
    does not change.
    """
    config: dict[str, Any] = {
        **OFFLINE,
        "memory_limit": sandbox.memory_limit,
        "threads": str(sandbox.threads),
        "temp_directory": "",
        "max_temp_directory_size": "0B",
        "python_enable_replacements": "false",
        "allow_community_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET TimeZone = 'UTC'")
    file = exp.Literal.string(sandbox.file).sql(dialect="duckdb")
    if sandbox.views:
        connection.execute(f"ATTACH {file} AS {_BASE} (READ_ONLY)")
        connection.execute(f"ATTACH ':memory:' AS {CATALOGUE}")
        connection.execute(f"CREATE SCHEMA {CATALOGUE}.{MARTS_SCHEMA}")
        for statement in sandbox.views:
            connection.execute(statement)
    else:
        connection.execute(f"ATTACH {file} AS {CATALOGUE} (READ_ONLY)")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _view(table: str, columns: tuple[str, ...], stores: tuple[str, ...] | None) -> str:
    source = exp.table_(table, db=MARTS_SCHEMA, catalog=_BASE, quoted=True)
    query = exp.select(*(exp.column(column, quoted=True) for column in columns)).from_(source)
    if stores is not None and _STORE_COLUMN in columns:
        allowed: exp.Expr = exp.column(_STORE_COLUMN, quoted=True).isin(*stores) if stores else exp.false()
        if table.startswith("dim_") and table != "dim_stores":
            allowed = exp.or_(allowed, exp.column(_STORE_COLUMN, quoted=True).is_(exp.null()))
        query = query.where(allowed)
    target = exp.table_(table, db=MARTS_SCHEMA, catalog=CATALOGUE, quoted=True).sql(dialect="duckdb")
    return f"CREATE VIEW {target} AS {query.sql(dialect='duckdb')}"
