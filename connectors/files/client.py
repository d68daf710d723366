"""Reading files with DuckDB: every record of a file, or a clear error about the file."""

from __future__ import annotations

import csv
import glob
import hashlib
import io
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from connectors.failures import is_out_of_room
from connectors.files import excel
from connectors.files.encoding import UTF8, byte_order_mark, detect, utf8_copy
from connectors.files.layout import TOTAL, layout_of
from connectors.files.line_ends import UnevenLineEnds, open_bytes
from connectors.files.settings import AUTOMATIC, DateOrder, DecimalMark, FilesSource
from connectors.sql import identifier, literal
from retail.errors import SourceError

_LONGEST_HEADER: Final = 1_000_000
_LOOKED_AT: Final = 1 << 18
_TAIL: Final = 1 << 16
_NO_CHARACTER: Final = "\ufffd"
_UNEVEN: Final = "state machine reached an invalid state"


class _Scratch:
    """A folder for copies of a file in a form that SQL can read; it goes with the last who holds it."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="tillsight-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


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
        line: SQL for the line of a row; None where the row's place in the file says it.
        skipped: Records above the line of column names.
        delimiter: Separator of a text file.
        encoding: Encoding of a text file.
        decimal: What stands before decimals in its texts; None for plain numbers with a point.
        date_order: What comes first in dates in its texts; None for ISO.
        has_serial_dates: Whether a number may stand for a date, as days since 1899-12-30.
        total: Column and text that tell a totals line at the end of the file.
        held: What must live as long as the relation is used.
    """

    name: str
    relation: str
    columns: dict[str, FileColumn]
    headers: tuple[str, ...]
    is_csv: bool
    line: str | None = None
    skipped: int = 0
    delimiter: str | None = None
    encoding: str | None = None
    decimal: DecimalMark | None = None
    date_order: DateOrder | None = None
    has_serial_dates: bool = False
    total: tuple[str, str] | None = None
    held: object = field(default=None, repr=False, compare=False)

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


def open_file(
    connection: duckdb.DuckDBPyConnection, name: str, path: Path, source: FilesSource, scratch: Path | None = None
) -> OpenFile:
    """Look at the header of a file and make it selectable.

    Args:
        connection: What will select from it.
        name: Name for messages; of a sheet, the workbook's, `#` and the sheet's.
        path: Where it is.
        source: How it is to be read.
        scratch: Folder for copies of files that SQL cannot read as they are, kept for the next who opens them; without
            one, a copy lives as long as what this returns.

    Raises:
        SourceError: The file is empty, truncated, not what its name says, or two of its columns have the same name.
    """
    with readable(name):
        if path.stat().st_size == 0:
            raise SourceError(f"files: {name} is empty (0 bytes). Export it again. It was left out.")
        if path.name.lower().endswith(".parquet"):
            opened = _parquet(connection, name, path)
        elif path.name.lower().endswith(excel.SUFFIXES):
            opened = _sheet(connection, name, path, source, scratch)
        else:
            opened = _csv(name, path, source, scratch)
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
        f"INSERT INTO unreadable SELECT line, reason, row_text, line - {opened.skipped + 1} - skipped, skipped FROM ("
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
    arguments = f"{literal(glob.escape(str(path)))}, hive_partitioning = false"
    rows = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({arguments})").fetchall()
    columns = {row[0].strip().lower(): FileColumn(identifier(row[0]), row[1]) for row in rows}
    relation = f"read_parquet({arguments}, file_row_number = true)"
    return OpenFile(name, relation, columns, tuple(row[0] for row in rows), is_csv=False, line="file_row_number + 1")


def _sheet(
    connection: duckdb.DuckDBPyConnection, name: str, path: Path, source: FilesSource, scratch: Path | None
) -> OpenFile:
    wanted = None if name.lower().endswith(excel.SUFFIXES) else name.rpartition("#")[2]
    held, target = _copy_of(path, scratch, f"{wanted}-{source.header_line}", ".parquet")
    sheet = excel.convert(name, path, wanted, source.header_line, target)
    relation = f"read_parquet({literal(glob.escape(str(target)))}, hive_partitioning = false)"
    types = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
    columns = {
        header.lower(): FileColumn(f"c{index}", types[f"c{index}"]) for index, header in enumerate(sheet.headers)
    }
    return OpenFile(
        name, relation, columns, sheet.headers, is_csv=False, line=excel.LINE, decimal=source.decimal,
        date_order=source.date_order, has_serial_dates=True,
        total=(f"c{sheet.total[0]}", sheet.total[1]) if sheet.total else None, held=held,
    )  # fmt: skip


def _csv(name: str, path: Path, source: FilesSource, scratch: Path | None) -> OpenFile:
    encoding = _encoding(path, source)
    held: object = None
    copy = path
    if encoding not in {UTF8, "utf-8-sig"}:
        held, copy = _copy_of(path, scratch, encoding, ".csv")
        if not copy.exists():
            utf8_copy(path, copy, encoding)
    sample = _beginning(name, copy, encoding)
    layout = layout_of(sample, source.delimiter, source.header_line)
    if layout is None or layout.names == ():
        raise SourceError(
            f"files: {name} does not start with a line of column names. Export it again. It was left out."
        )
    names = {f"c{index}": header for index, header in enumerate(layout.names)}
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in names)
    relation = (
        f"read_csv({literal(glob.escape(str(copy)))}, columns = {{{types}}}, auto_detect = false, header = true, "
        f"skip = {layout.header}, delim = {literal(layout.delimiter)}, quote = '\"', escape = '\"', "
        "encoding = 'utf-8', hive_partitioning = false, ignore_errors = true, store_rejects = true, rejects_limit = 0)"
    )
    columns = {header.strip().lower(): FileColumn(column, "VARCHAR") for column, header in names.items()}
    return OpenFile(
        name, relation, columns, layout.names, is_csv=True, skipped=layout.header, delimiter=layout.delimiter,
        encoding=encoding, decimal=source.decimal, date_order=source.date_order,
        total=_total(copy, layout.delimiter, len(names)), held=held,
    )  # fmt: skip


def _encoding(path: Path, source: FilesSource) -> str:
    marked = byte_order_mark(path)
    if marked is not None:
        return marked
    if source.encoding == AUTOMATIC:
        detected = detect(path)
        return detected.encoding if detected.is_sure else UTF8
    encoding = source.encoding or UTF8
    return UTF8 if encoding.lower() in {"utf-8", "utf8", "utf-8-sig"} else encoding


def _copy_of(path: Path, scratch: Path | None, how: str, suffix: str) -> tuple[object, Path]:
    """Where a copy of a file goes, and what keeps it there."""
    if scratch is None:
        held = _Scratch()
        return held, held.path / f"copy{suffix}"
    status = path.stat()
    what = hashlib.sha256(f"{path}|{status.st_size}|{status.st_mtime_ns}|{how}".encode()).hexdigest()[:24]
    return None, scratch / f"copy-{what}{suffix}"


def _beginning(name: str, path: Path, encoding: str) -> str:
    """The first lines, without one that is cut off.

    Raises:
        SourceError: They are no lines of text in that encoding.
    """
    with open_bytes(path) as handle, io.TextIOWrapper(handle, "utf-8-sig", errors="replace", newline="") as text:
        sample = text.read(_LOOKED_AT)
        if "\n" not in sample and "\r" not in sample:
            sample += text.readline(_LONGEST_HEADER)
    first = next((line for line in sample.splitlines() if line.strip()), "")
    if _NO_CHARACTER in first:
        raise SourceError(
            f"files: the header of {name} is not {encoding} text. Save the file as UTF-8, or set `encoding` in "
            "sources.yaml. It was left out."
        )
    if "\x00" in first or not first or first.count('"') % 2 or len(first) >= _LONGEST_HEADER:
        raise SourceError(
            f"files: {name} does not start with a line of column names. Export it again. It was left out."
        )
    return (
        sample if len(sample) < _LOOKED_AT else sample[: max(sample.rfind("\n"), sample.rfind("\r"), 0) + 1] or sample
    )


def _total(path: Path, delimiter: str, columns: int) -> tuple[str, str] | None:
    """Column and text of a totals line, if the file ends with one. A packed file is not looked at from its end."""
    if path.name.lower().endswith(".gz"):
        return None
    with path.open("rb") as handle:
        handle.seek(max(path.stat().st_size - _TAIL, 0))
        lines = [line for line in handle.read().decode(UTF8, "replace").splitlines() if line.strip()]
    if len(lines) < 2:
        return None
    try:
        record = next(csv.reader([lines[-1]], delimiter=delimiter))
    except csv.Error:
        return None
    filled = [(index, cell.strip()) for index, cell in enumerate(record) if cell.strip()]
    if len(filled) < 2 or filled[0][0] >= columns or not TOTAL.fullmatch(filled[0][1]):
        return None
    return f"c{filled[0][0]}", filled[0][1]


def _times(headers: tuple[str, ...], header: str) -> int:
    return sum(other.strip().lower() == header.strip().lower() for other in headers)


def _first_sentence(error: duckdb.Error) -> str:
    first = str(error).splitlines()[0].split(": ", 1)[-1]
    return first if first.endswith(".") else f"{first}."
