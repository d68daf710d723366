"""Telling rows of one file apart: equal lines get an ordinal, rows that claim the same key leave one."""

from __future__ import annotations

import duckdb

from connectors.files.template import TemplateTable
from connectors.sql import identifier, literal

_SEPARATOR = "chr(31)"
"""A control character that no id holds, between the parts of a key."""


def key_expression(declared: TemplateTable, qualifier: str = "") -> str:
    """The key of a row as one text; a part without a value (a price of every store) counts as equal to another."""
    parts = [f"{qualifier}{identifier(name)}" for name in declared.key]
    if len(parts) == 1:
        return parts[0]
    return f" || {_SEPARATOR} || ".join(f"coalesce(CAST({part} AS VARCHAR), '')" for part in parts)


def settle_repeated_keys(connection: duckdb.DuckDBPyConnection, declared: TemplateTable) -> bool:
    """Make the view `settled`: the rows of `checked`, in which every accepted one has a key of its own.

    Keys made here repeat where lines are equal: the second gets `:2` and so on, all are kept. Keys from the file that
    repeat are a contradiction: the last row is kept, the others get a reason.

    Rows are first looked at by the hash of their key, eight bytes each, which DuckDB sorts into parts on disk when they
    do not fit; only rows whose hash repeats (the temporary table `repeated`) are then compared by the key itself.

    Returns:
        Whether any hash repeats.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE repeated AS SELECT _key_hash FROM checked WHERE _reason IS NULL"
        " GROUP BY 1 HAVING count(*) > 1"
    )
    if connection.execute("SELECT count(*) FROM repeated").fetchone() == (0,):
        connection.execute("CREATE OR REPLACE TEMP VIEW settled AS FROM checked")
        return False
    key = key_expression(declared)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE numbered AS SELECT file_row_number AS place,"
        f" row_number() OVER (PARTITION BY {key} ORDER BY file_row_number) AS ordinal,"
        f" row_number() OVER (PARTITION BY {key} ORDER BY file_row_number DESC) AS ordinal_from_last"
        " FROM checked WHERE _reason IS NULL AND _key_hash IN (SELECT _key_hash FROM repeated)"
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW settled AS {_settled(declared)}")
    return True


def _settled(declared: TemplateTable) -> str:
    columns = ", ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), '')" for name in declared.columns)
    reason = literal(f"a later line of the file has the same {', '.join(declared.key)}")
    replaced = [
        f"CASE WHEN NOT _made AND ordinal_from_last > 1 THEN {reason} ELSE _reason END AS _reason",
        f"CASE WHEN NOT _made AND ordinal_from_last > 1 THEN concat_ws(',', {columns}) ELSE _row_text END AS _row_text",
    ]
    if declared.repeats:
        made = identifier(declared.key[0])
        replaced.append(f"CASE WHEN _made AND ordinal > 1 THEN {made} || ':' || ordinal ELSE {made} END AS {made}")
    return (
        f"SELECT checked.* REPLACE ({', '.join(replaced)})"
        " FROM checked LEFT JOIN numbered ON checked.file_row_number = numbered.place"
    )
