"""Text files: their layout and encoding, and the records that cannot be taken apart."""

from __future__ import annotations

import csv
import glob
import io
from pathlib import Path
from typing import Final

import duckdb

from connectors.files.encoding import UTF8, byte_order_mark, detect, utf8_copy
from connectors.files.layout import TOTAL, layout_of
from connectors.files.line_ends import open_bytes
from connectors.files.opened import FileColumn, OpenFile, copy_of
from connectors.files.settings import AUTOMATIC, FilesSource
from connectors.sql import literal
from retail.errors import SourceError

_LONGEST_HEADER: Final = 1_000_000
_LOOKED_AT: Final = 1 << 18
_TAIL: Final = 1 << 16
_NO_CHARACTER: Final = "\ufffd"


def open_text(name: str, path: Path, source: FilesSource, scratch: Path | None) -> OpenFile:
    """Make a text file selectable, by a copy in UTF-8 where DuckDB cannot read its encoding.

    Raises:
        SourceError: It does not start with lines of text in its encoding, one of which has column names.
    """
    encoding = _encoding(path, source)
    held: object = None
    copy = path
    if encoding not in {UTF8, "utf-8-sig"}:
        held, copy = copy_of(path, scratch, encoding, ".csv")
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
