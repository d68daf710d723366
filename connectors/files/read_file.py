"""One file into one table: read, check, split into accepted rows and quarantine, and count."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from connectors.files.check import ROW_TEXT_LENGTH, Context, checking_statement
from connectors.files.client import OpenFile, collect_unreadable, readable
from connectors.files.expressions import expressions
from connectors.files.identity import settle_repeated_keys
from connectors.files.mapping import MappedTable
from connectors.files.template import TemplateTable
from connectors.sql import identifiers, literal


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file gave one table. `accepted + quarantined == read`.

    Attributes:
        part: Parquet file with the accepted rows.
        read: Records of the file.
        accepted: Rows in `part`.
        quarantined: Rows in `new_quarantine`.
        exact_duplicates: Records that repeat an earlier one in every column.
    """

    part: Path
    read: int
    accepted: int
    quarantined: int
    exact_duplicates: int


def read_file(
    connection: duckdb.DuckDBPyConnection,
    opened: OpenFile,
    table: str,
    declared: TemplateTable,
    mapped: MappedTable | None,
    context: Context,
    part: Path,
) -> FileResult:
    """Read one file for one table, write its good rows to `part` and its bad ones to `new_quarantine`.

    Raises:
        SourceError: The file as a whole cannot be used; nothing of it is kept.
    """
    one_row_per_key = mapped is not None and mapped.one_row_per_key
    filled = expressions(opened, table, declared, mapped)
    statement = checking_statement(opened, declared, filled, context, one_row_per_key)
    connection.execute(
        "DROP TABLE IF EXISTS checked; DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans"
    )
    with readable(opened.name):
        connection.execute(statement)
    unreadable = collect_unreadable(connection, opened)
    settle_repeated_keys(connection, declared)
    _number_lines(connection, unreadable)
    _put_aside(connection, table, opened.name, one_row_per_key)
    _write_part(connection, declared, opened.name, part)
    result = _counted(connection, part, 0 if one_row_per_key else unreadable)
    connection.execute("DROP VIEW numbered_rows; DROP TABLE checked")
    return result


def _counted(connection: duckdb.DuckDBPyConnection, part: Path, unreadable: int) -> FileResult:
    row = connection.execute(
        "SELECT count(*), count(*) FILTER (_reason IS NULL),"
        " (SELECT coalesce(sum(times - 1), 0) FROM"
        " (SELECT count(*) AS times FROM checked WHERE _content IS NOT NULL GROUP BY _content HAVING times > 1))"
        " FROM checked"
    ).fetchone()
    assert row is not None
    read, accepted, duplicates = (int(value) for value in row)
    return FileResult(part, read + unreadable, accepted, read - accepted + unreadable, duplicates)


def _number_lines(connection: duckdb.DuckDBPyConnection, unreadable: int) -> None:
    """Make the view `numbered_rows`: `checked` with the line of each row.

    Parquet says the line itself. In CSV it is the row's place after the header, and after the unreadable records
    that stand before it.
    """
    skipped = (
        "SELECT checked.*, checked.rowid + 2 + coalesce(unreadable.skipped, 0) AS counted FROM checked "
        "ASOF LEFT JOIN (SELECT place, max(skipped) AS skipped FROM unreadable GROUP BY place) AS unreadable"
        " ON checked.rowid >= unreadable.place"
    )
    plain = "SELECT *, rowid + 2 AS counted FROM checked"
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW numbered_rows AS SELECT * REPLACE (coalesce(_line, counted) AS _line) "
        f"FROM ({skipped if unreadable else plain})"
    )


def _put_aside(connection: duckdb.DuckDBPyConnection, table: str, file: str, one_row_per_key: bool) -> None:
    connection.execute(
        "INSERT INTO new_quarantine SELECT ?, ?, _line, _reason, _row_text, now() FROM numbered_rows"
        " WHERE _reason IS NOT NULL",
        [table, file],
    )
    if not one_row_per_key:
        connection.execute(
            f"INSERT INTO new_quarantine SELECT ?, ?, line, reason, left(row_text, {ROW_TEXT_LENGTH}), now()"
            " FROM unreadable",
            [table, file],
        )


def _write_part(connection: duckdb.DuckDBPyConnection, declared: TemplateTable, file: str, part: Path) -> None:
    connection.execute(
        f"COPY (SELECT {identifiers(declared.columns)}, {literal(file)} AS _file, _line "
        f"FROM numbered_rows WHERE _reason IS NULL) TO {literal(str(part))} (FORMAT parquet)"
    )
