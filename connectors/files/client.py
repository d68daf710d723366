"""Reading files with DuckDB: every record of a file, or a clear error about the file."""

from __future__ import annotations

import glob
from pathlib import Path

import duckdb

from connectors.files import excel
from connectors.files.opened import FileColumn, OpenFile, copy_of, readable
from connectors.files.settings import FilesSource
from connectors.files.text_file import collect_unreadable, open_text
from connectors.sql import identifier, literal
from retail.errors import SourceError

__all__ = ["FileColumn", "OpenFile", "collect_unreadable", "open_file", "readable"]


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
            opened = open_text(name, path, source, scratch)
    repeated = sorted({header for header in opened.headers if header.strip() and _times(opened.headers, header) > 1})
    if repeated:
        raise SourceError(f"files: {name} has two columns named {', '.join(repeated)}. Rename one. It was left out.")
    return opened


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
    held, target = copy_of(path, scratch, f"{wanted}-{source.header_line}", ".parquet")
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


def _times(headers: tuple[str, ...], header: str) -> int:
    return sum(other.strip().lower() == header.strip().lower() for other in headers)
