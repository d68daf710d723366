"""The same key in two files: the later file by name wins, whatever the order in which they were loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from connectors.files.identity import key_expression
from connectors.files.template import TemplateTable
from connectors.sql import literal, parquet


def superseded_files(connection: duckdb.DuckDBPyConnection, target: str, accepted: dict[str, int]) -> set[str]:
    """Loaded files of which some rows are not in the table, because a later file has the same keys.

    Args:
        connection: The warehouse.
        target: Schema and table.
        accepted: Rows that each loaded file has.
    """
    present = dict(connection.execute(f"SELECT _file, count(*) FROM {target} GROUP BY _file").fetchall())
    return {file for file, rows in accepted.items() if present.get(file, 0) < rows}


def settle_overlaps(
    connection: duckdb.DuckDBPyConnection,
    declared: TemplateTable,
    target: str | None,
    stays: str,
    parts: Sequence[Path],
) -> bool:
    """Drop from new parts the rows that a later file has as well, be that file new or in the warehouse.

    Args:
        connection: The warehouse.
        declared: The table.
        target: Schema and table in the warehouse, or None where there is none.
        stays: SQL condition on the rows of the warehouse that this load does not replace.
        parts: New rows, one Parquet file per file that was read. Rewritten where rows go.

    Returns:
        Whether rows of the warehouse have keys that the new rows have too, and must go.
    """
    if not parts:
        return False
    key = key_expression(declared)
    new = parquet(parts)
    everything = f"SELECT {key} AS key, _file, true AS is_new FROM {new}"
    if target is not None:
        everything += (
            f" UNION ALL SELECT {key} AS key, _file, false AS is_new FROM {target}"
            f" WHERE {stays} AND {key} IN (SELECT {key} FROM {new})"
        )
    elif len(parts) == 1:
        return False
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE shared_keys AS"
        " SELECT key, max(_file) AS winner, bool_or(NOT is_new) AS is_loaded"
        f" FROM ({everything}) GROUP BY key HAVING count(*) > 1"
    )
    row = connection.execute("SELECT count(*), coalesce(bool_or(is_loaded), false) FROM shared_keys").fetchone()
    assert row is not None
    if row[0]:
        for part in parts:
            _drop_losers(connection, declared, part)
    connection.execute("DROP TABLE shared_keys")
    return bool(row[1])


def _drop_losers(connection: duckdb.DuckDBPyConnection, declared: TemplateTable, part: Path) -> None:
    rewritten = part.with_suffix(".rewritten")
    connection.execute(
        f"COPY (SELECT part.* FROM {parquet([part])} AS part"
        f" LEFT JOIN shared_keys ON shared_keys.key = {key_expression(declared, 'part.')}"
        f" WHERE winner IS NULL OR winner = _file) TO {literal(str(rewritten))} (FORMAT parquet)"
    )
    rewritten.replace(part)
