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


def settle_repeated_keys(connection: duckdb.DuckDBPyConnection, declared: TemplateTable) -> None:
    """Give every accepted row of `checked` a key of its own.

    Keys made here repeat where lines are equal: the second gets `:2` and so on, all are kept. Keys from the file that
    repeat are a contradiction: the last row is kept, the others get a reason.
    """
    key = key_expression(declared)
    connection.execute(
        f"CREATE TEMP TABLE repeated AS SELECT {key} AS key FROM checked WHERE _reason IS NULL"
        " GROUP BY 1 HAVING count(*) > 1"
    )
    if connection.execute("SELECT count(*) FROM repeated").fetchone() != (0,):
        numbered = (
            f"SELECT rowid AS row, _made, row_number() OVER (PARTITION BY {key} ORDER BY rowid) AS ordinal,"
            f" row_number() OVER (PARTITION BY {key} ORDER BY rowid DESC) AS ordinal_from_last"
            f" FROM checked WHERE _reason IS NULL AND {key} IN (SELECT key FROM repeated)"
        )
        connection.execute(f"CREATE TEMP TABLE numbered AS {numbered}")
        if declared.repeats:
            made = identifier(declared.key[0])
            connection.execute(
                f"UPDATE checked SET {made} = {made} || ':' || ordinal FROM numbered"
                " WHERE checked.rowid = numbered.row AND numbered._made AND ordinal > 1"
            )
        columns = ", ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), '')" for name in declared.columns)
        reason = literal(f"a later line of the file has the same {', '.join(declared.key)}")
        connection.execute(
            f"UPDATE checked SET _reason = {reason}, _row_text = concat_ws(',', {columns}) FROM numbered"
            " WHERE checked.rowid = numbered.row AND NOT numbered._made AND ordinal_from_last > 1"
        )
        connection.execute("DROP TABLE numbered")
    connection.execute("DROP TABLE repeated")
