"""Reading files with DuckDB: every record of a file, or a clear error about the file."""

from __future__ import annotations

import codecs
import csv
import glob
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from connectors.failures import is_out_of_room
from connectors.files.line_ends import UnevenLineEnds, open_bytes
from connectors.files.settings import FilesSource
from connectors.sql import identifier, literal
from retail.errors import SourceError

_LONGEST_HEADER: Final = 1_000_000
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS: Final = ",;\t|"
_NO_CHARACTER: Final = "\ufffd"
_UNEVEN: Final = "state machine reached an invalid state"


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a file.

    Attributes:
        sql: How SQL names it.
        type: DuckDB type: VARCHAR for every column of a CSV file, the file's own for Parquet.
    """

    sql: str
    type: str


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that SQL can select from.

    Attributes:
        name: Name for messages.
        relation: What stands after FROM. The order of its rows is the file's.
        columns: Header, trimmed and in small letters, to column.
        headers: Headers as the file has them.
        is_csv: Whether records that cannot be taken apart are kept in `reject_errors`.
    """

    name: str
    relation: str
    columns: dict[str, FileColumn]
    headers: tuple[str, ...]
    is_csv: bool

    def column(self, header: str) -> FileColumn | None:
        """The column of that header, whatever the capitals."""
        return self.columns.get(header.strip().lower())


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn what DuckDB and the system say about a file into an error that names it.

    Raises:
        SourceError: The file cannot be read.
    """
    try:
        yield
    except duckdb.Error as error:
        if is_out_of_room(error):
            raise
        if _UNEVEN in str(error):
            raise UnevenLineEnds(f"files: the lines of {name} do not all end alike. It was left out.") from error
        raise SourceError(f"files: {name} cannot be read: {_first_sentence(error)} It was left out.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"files: {name} cannot be read: {error}. It was left out.") from error


def open_file(connection: duckdb.DuckDBPyConnection, name: str, path: Path, source: FilesSource) -> OpenFile:
    """Look at the header of a file and make it selectable.

    Raises:
        SourceError: The file is empty, truncated, not what its name says, or two of its columns have the same name.
    """
    with readable(name):
        if path.stat().st_size == 0:
            raise SourceError(f"files: {name} is empty (0 bytes). Export it again. It was left out.")
        opened = _parquet(connection, name, path) if name.lower().endswith(".parquet") else _csv(name, path, source)
    repeated = sorted({header for header in opened.headers if header.strip() and _times(opened.headers, header) > 1})
    if repeated:
        raise SourceError(f"files: {name} has two columns named {', '.join(repeated)}. Rename one. It was left out.")
    return opened


def collect_unreadable(connection: duckdb.DuckDBPyConnection, opened: OpenFile) -> int:
    """Put the records of the last scan that could not be taken apart into the temporary table `unreadable`.

    Its columns are `line` (record number, the header is 1), `reason` and `row_text`; and to find the lines of the other
    rows, `place` (readable records before it) and `skipped` (unreadable ones before it, and itself).

    Returns:
        How many there are.

    Raises:
        SourceError: A quote is never closed, which hides every line after it.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE unreadable"
        " (line BIGINT, reason VARCHAR, row_text VARCHAR, place BIGINT, skipped BIGINT)"
    )
    if not opened.is_csv:
        return 0
    reasons = " ".join(f"WHEN '{kind}' THEN {literal(reason)}" for kind, reason in _REASONS.items())
    connection.execute(
        "INSERT INTO unreadable SELECT line, reason, row_text, line - 1 - skipped, skipped FROM ("
        f"SELECT line, min(CASE error_type::VARCHAR {reasons} ELSE lower(error_type::VARCHAR) END) AS reason,"
        " coalesce(any_value(csv_line), '') AS row_text, row_number() OVER (ORDER BY line) AS skipped"
        " FROM reject_errors GROUP BY line)"
    )
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    unclosed = connection.execute(
        f"SELECT min(line) FROM unreadable WHERE reason = {literal(_UNCLOSED)} AND contains(trim(row_text), chr(10))"
    ).fetchone()
    if unclosed is not None and unclosed[0] is not None:
        raise SourceError(
            f"files: {opened.name} has a quote in line {unclosed[0]} that is not closed where it should be, so that "
            "lines after it are taken for one value. Export the file again. It was left out."
        )
    total = connection.execute("SELECT count(*) FROM unreadable").fetchone()
    assert total is not None
    return int(total[0])


_UNCLOSED: Final = "a quote that is never closed"
_REASONS: Final = {
    "MISSING COLUMNS": "fewer values than the header has columns",
    "TOO MANY COLUMNS": "more values than the header has columns",
    "INVALID ENCODING": "not in the encoding of the source (see `encoding` in sources.yaml)",
    "UNQUOTED VALUE": _UNCLOSED,
    "LINE SIZE OVER MAXIMUM": "longer than a line can be",
}


def _parquet(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> OpenFile:
    relation = f"read_parquet({literal(glob.escape(str(path)))}, hive_partitioning = false)"
    rows = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    columns = {row[0].strip().lower(): FileColumn(identifier(row[0]), row[1]) for row in rows}
    return OpenFile(name, relation, columns, tuple(row[0] for row in rows), is_csv=False)


def _csv(name: str, path: Path, source: FilesSource) -> OpenFile:
    encoding = source.encoding
    with open_bytes(path) as handle:
        if handle.read(2) in _UTF16_MARKS:
            encoding = "utf-16"
    headers, delimiter = _header(name, path, encoding, source.delimiter)
    names = {f"c{index}": header for index, header in enumerate(headers)}
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in names)
    relation = (
        f"read_csv({literal(glob.escape(str(path)))}, columns = {{{types}}}, auto_detect = false, header = true, "
        f"delim = {literal(delimiter)}, quote = '\"', escape = '\"', encoding = '{encoding}', "
        "hive_partitioning = false, ignore_errors = true, store_rejects = true, rejects_limit = 0)"
    )
    columns = {header.strip().lower(): FileColumn(column, "VARCHAR") for column, header in names.items()}
    return OpenFile(name, relation, columns, tuple(headers), is_csv=True)


def _header(name: str, path: Path, encoding: str, delimiter: str | None) -> tuple[list[str], str]:
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    with open_bytes(path) as handle, io.TextIOWrapper(handle, encoding=codec, errors="replace", newline="") as text:
        first = text.readline(_LONGEST_HEADER)
    if _NO_CHARACTER in first:
        raise SourceError(
            f"files: the header of {name} is not {encoding} text. Save the file as UTF-8, or set `encoding` in "
            "sources.yaml. It was left out."
        )
    if "\x00" in first or not first.strip() or first.count('"') % 2 or len(first) == _LONGEST_HEADER:
        raise SourceError(
            f"files: {name} does not start with a line of column names. Export it again. It was left out."
        )
    separator = delimiter or max(_DELIMITERS, key=first.count)
    return next(csv.reader([first.rstrip("\r\n")], delimiter=separator)), separator


def _times(headers: tuple[str, ...], header: str) -> int:
    return sum(other.strip().lower() == header.strip().lower() for other in headers)


def _first_sentence(error: duckdb.Error) -> str:
    first = str(error).splitlines()[0].split(": ", 1)[-1]
    return first if first.endswith(".") else f"{first}."
