"""The same key in two files: the later file by name wins, whatever the order in which they were loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from connectors.files.identity import key_expression
from connectors.files.read_file import write_part
from connectors.files.template import TemplateTable
from connectors.sql import parquet


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

    Keys are looked at by their hashes first, eight bytes each, so that memory holds whole keys only of rows that may be
    in two files.

    Args:
        connection: The warehouse.
        declared: The table.
        target: Schema and table in the warehouse, or None where there is none.
        stays: SQL condition on the rows of the warehouse that this load does not replace.
        parts: New rows, one Parquet file per file that was read. Rewritten where rows go.

    Returns:
        Whether rows of the warehouse have keys that the new rows have too, and must go.
    """
    if not parts or (target is None and len(parts) == 1):
        return False
    key = key_expression(declared)
    if not _collect_shared_hashes(connection, key, target, stays, parts):
        return False
    everything = f"SELECT {key} AS key, _file, true AS is_new FROM {parquet(parts)} WHERE {_may_be_shared(key)}"
    if target is not None:
        everything += (
            f" UNION ALL SELECT {key} AS key, _file, false AS is_new FROM {target}"
            f" WHERE ({stays}) AND {_may_be_shared(key)}"
        )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE claims AS {everything}")
    # names have places: a number is cheaper to hold for every key than a text is
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE places AS SELECT _file, row_number() OVER (ORDER BY _file) AS place"
        " FROM (SELECT DISTINCT _file FROM claims)"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE shared_keys AS"
        " SELECT key, max(place) AS winner, bool_or(NOT is_new) AS is_loaded"
        " FROM claims JOIN places USING (_file) GROUP BY key HAVING count(*) > 1"
    )
    row = connection.execute("SELECT count(*), coalesce(bool_or(is_loaded), false) FROM shared_keys").fetchone()
    assert row is not None
    if row[0]:
        for part in parts:
            _drop_losers(connection, declared, part)
    connection.execute("DROP TABLE claims; DROP TABLE places; DROP TABLE shared_keys; DROP TABLE shared_hashes")
    return bool(row[1])


def _collect_shared_hashes(
    connection: duckdb.DuckDBPyConnection, key: str, target: str | None, stays: str, parts: Sequence[Path]
) -> bool:
    """Fill `shared_hashes` with the hashes of keys that stand in two places; return whether there are any."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_hashes AS SELECT hash({key}) AS key_hash FROM {parquet(parts)}"
    )
    selects = []
    if len(parts) > 1:
        selects.append("SELECT key_hash FROM new_hashes GROUP BY key_hash HAVING count(*) > 1")
    if target is not None:
        selects.append(
            f"SELECT hash({key}) AS key_hash FROM {target} WHERE ({stays})"
            f" AND hash({key}) IN (SELECT key_hash FROM new_hashes)"
        )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE shared_hashes AS {' UNION '.join(selects)}")
    connection.execute("DROP TABLE new_hashes")
    return connection.execute("SELECT 1 FROM shared_hashes LIMIT 1").fetchone() is not None


def _may_be_shared(key: str) -> str:
    return f"hash({key}) IN (SELECT key_hash FROM shared_hashes)"


def _drop_losers(connection: duckdb.DuckDBPyConnection, declared: TemplateTable, part: Path) -> None:
    rewritten = part.with_suffix(".rewritten")
    write_part(
        connection,
        f"SELECT part.* FROM {parquet([part])} AS part"
        f" LEFT JOIN shared_keys ON shared_keys.key = {key_expression(declared, 'part.')}"
        " LEFT JOIN places ON places._file = part._file"
        " WHERE winner IS NULL OR winner = place",
        rewritten,
    )
    rewritten.replace(part)
