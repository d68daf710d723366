"""One file into one table: read, check, split into accepted rows and quarantine, and count."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from connectors.files.check import ROW_TEXT_LENGTH, Context, checking_statement
from connectors.files.client import OpenFile, collect_unreadable, readable
from connectors.files.contacts import is_personal, loaded_columns
from connectors.files.expressions import Expression, expressions
from connectors.files.identity import settle_repeated_keys
from connectors.files.mapping import MappedTable
from connectors.files.template import TemplateTable
from connectors.sql import literal


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
    store_contacts: bool,
) -> FileResult:
    """Read one file for one table, write its good rows to `part` and its bad ones to `new_quarantine`.

    Without `store_contacts`, neither of them gets a name, an e-mail address or a telephone number.

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
    hides_rows = is_personal(table) and not store_contacts
    _put_aside_rows(connection, table, opened.name, hides_values=hides_rows)
    if not one_row_per_key:
        hides_records = hides_rows or (_has_unused_columns(opened, filled) and not store_contacts)
        _put_aside_unreadable(connection, table, opened.name, hides_text=hides_records)
    columns = loaded_columns(table, declared, store_contacts=store_contacts)
    connection.execute(
        f"COPY (SELECT {columns}, {literal(opened.name)} AS _file, _line FROM numbered_rows WHERE _reason IS NULL)"
        f" TO {literal(str(part))} (FORMAT parquet)"
    )
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


def _put_aside_rows(connection: duckdb.DuckDBPyConnection, table: str, file: str, *, hides_values: bool) -> None:
    what = "split_part(_reason, ': ', 1), ''" if hides_values else "_reason, _row_text"
    connection.execute(
        f"INSERT INTO new_quarantine SELECT ?, ?, _line, {what}, now() FROM numbered_rows WHERE _reason IS NOT NULL",
        [table, file],
    )


def _put_aside_unreadable(connection: duckdb.DuckDBPyConnection, table: str, file: str, *, hides_text: bool) -> None:
    text = "''" if hides_text else f"left(row_text, {ROW_TEXT_LENGTH})"
    connection.execute(
        f"INSERT INTO new_quarantine SELECT ?, ?, line, reason, {text}, now() FROM unreadable", [table, file]
    )


def _has_unused_columns(opened: OpenFile, filled: dict[str, Expression]) -> bool:
    """Whether a record holds more than the table takes: exports put names and addresses beside sales."""
    return any(all(column.sql not in value.sql for value in filled.values()) for column in opened.columns.values())
