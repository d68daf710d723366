"""One file into one table: read, check, split into accepted rows and quarantine, and count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from connectors.files.check import ROW_TEXT_LENGTH, Context, checking_query
from connectors.files.client import OpenFile, collect_unreadable, readable
from connectors.files.contacts import is_personal, loaded_columns
from connectors.files.expressions import Filled, expressions
from connectors.files.identity import key_expression, settle_repeated_keys
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
    query = checking_query(opened, declared, filled, context, one_row_per_key)
    rows = part.with_suffix(".checked")
    try:
        read = _check(
            connection, opened, f"SELECT *, hash({key_expression(declared)}) AS _key_hash FROM ({query})", rows
        )
        unreadable = collect_unreadable(connection, opened)
        has_repeats = settle_repeated_keys(connection, declared)
        _number_lines(connection, opened, unreadable)
        hides_rows = is_personal(table) and not store_contacts
        _put_aside_rows(connection, table, opened.name, hides_values=hides_rows)
        if not one_row_per_key:
            hides_records = hides_rows or (_has_unused_columns(opened, filled) and not store_contacts)
            _put_aside_unreadable(connection, table, opened.name, hides_text=hides_records)
        columns = loaded_columns(table, declared, store_contacts=store_contacts)
        accepted = write_part(
            connection,
            f"SELECT {columns}, {literal(opened.name)} AS _file, _line FROM numbered_rows WHERE _reason IS NULL",
            part,
        )
        # equal records are accepted under one key, or put aside all of them, unless their values come from their place
        suspects = "_reason IS NOT NULL OR _key_hash IN (SELECT _key_hash FROM repeated)"
        are_suspect = has_repeats or accepted < read or filled.relation is not None
        duplicates = _duplicates(connection, "true" if filled.relation else suspects) if are_suspect else 0
    finally:
        rows.unlink(missing_ok=True)
    unreadable = 0 if one_row_per_key else unreadable
    return FileResult(part, read + unreadable, accepted, read - accepted + unreadable, duplicates)


def write_part(connection: duckdb.DuckDBPyConnection, query: str, part: Path) -> int:
    """Write the rows of a query, and return how many they are. Rows pass through; memory does not grow with them."""
    row = connection.execute(f"COPY ({query}) TO {literal(str(part))} (FORMAT parquet, PARQUET_VERSION v2)").fetchone()
    assert row is not None
    return int(row[0])


def _check(connection: duckdb.DuckDBPyConnection, opened: OpenFile, query: str, rows: Path) -> int:
    """Write the checked rows of a file beside its part, make the view `checked` over them, and count them."""
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    with readable(opened.name):
        read = write_part(connection, query, rows)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW checked AS FROM read_parquet({literal(str(rows))}, file_row_number = true)"
    )
    return read


def _duplicates(connection: duckdb.DuckDBPyConnection, suspects: str) -> int:
    row = connection.execute(
        "SELECT coalesce(sum(times - 1), 0) FROM (SELECT count(*) AS times FROM checked"
        f" WHERE _content IS NOT NULL AND ({suspects}) GROUP BY _content HAVING times > 1)"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _number_lines(connection: duckdb.DuckDBPyConnection, opened: OpenFile, unreadable: int) -> None:
    """Make the view `numbered_rows`: `settled` with the line of each row.

    Parquet and sheets say the line themselves. In CSV it is the row's place after the header, and after the unreadable
    records that stand before it; a place among the readable ones is in `_line` where the order of rows is another.
    """
    header = opened.skipped + 2
    counted = f"coalesce(_line, file_row_number + {header})"
    if not unreadable:
        query = f"SELECT * REPLACE ({counted} AS _line) FROM settled"
    else:
        query = (
            f"SELECT places.* EXCLUDE (_place) REPLACE (_place + {header} + coalesce(unreadable.skipped, 0) AS _line)"
            f" FROM (SELECT *, {counted} - {header} AS _place FROM settled) AS places"
            " ASOF LEFT JOIN (SELECT place, max(skipped) AS skipped FROM unreadable GROUP BY place) AS unreadable"
            " ON places._place >= unreadable.place"
        )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW numbered_rows AS {query}")


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


def _has_unused_columns(opened: OpenFile, filled: Filled) -> bool:
    """Whether a record holds more than the table takes: exports put names and addresses beside sales."""
    values = " ".join(value.sql for branch in filled.branches for value in branch.columns.values())
    names = [rf"(?<!\w){re.escape(column.sql)}(?!\w)" for column in opened.columns.values()]
    return not all(re.search(name, values) for name in names)
