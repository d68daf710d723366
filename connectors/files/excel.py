"""Sheets of Excel and OpenDocument workbooks, turned into Parquet files that SQL can select from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from connectors.files.layout import TOTAL, header_row
from retail.errors import SourceError

SUFFIXES: Final = (".xlsx", ".xls", ".ods", ".xlsm", ".xlsb")
LINE: Final = "_row"
_SHEET: Final = b"sheet"
_LOOKED_AT: Final = 400
_BATCH: Final = 20_000
_EXACT: Final = 2**53
_NUMBER_LIKE: Final = re.compile(r"[^A-Za-z]{0,4}\d[\d.,' \u00a0\u202f]*[^A-Za-z]{0,4}")

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as a Parquet file.

    Attributes:
        headers: The column names as the sheet has them; the file's columns are c0, c1 … and `_row`.
        total: Column and text of a totals line at the end, if there is one.
    """

    headers: tuple[str, ...]
    total: tuple[int, str] | None


@dataclass(slots=True)
class _Column:
    """What the cells of a column are: which kinds, and whether texts among them look like numbers."""

    kinds: set[str] = field(default_factory=set)
    has_number_texts: bool = False


def sheets_of(name: str, path: Path) -> dict[str, tuple[str, ...]]:
    """The visible sheets of a workbook that hold anything, with their column names; none where no line has them.

    Raises:
        SourceError: It is no workbook, is protected by a password, or is damaged.
    """
    found: dict[str, tuple[str, ...]] = {}
    for sheet in _sheets(name, path):
        rows = _texts(islice(sheet.iter_rows(), _LOOKED_AT))
        if rows:
            header = header_row(rows)
            found[sheet.name] = () if header is None else tuple(rows[header])
    return found


def convert(name: str, path: Path, wanted: str | None, header_line: int | None, target: Path) -> Sheet:
    """Write the rows of a sheet below its line of column names to a Parquet file.

    A column of one kind keeps it: whole numbers, numbers, dates, moments, true and false. A column of several kinds
    becomes text, in which a number cannot be taken for one with another decimal mark.

    Args:
        name: Name for messages.
        path: The workbook.
        wanted: Name of the sheet; None for the first one that has column names.
        header_line: Line of the column names; None to look for it.
        target: The Parquet file; taken as it is where it is there already.

    Raises:
        SourceError: The workbook cannot be read, or has no such sheet.
    """
    if target.exists():
        return _described(target)
    sheet, header = _sheet(name, path, wanted, header_line)
    rows = sheet.iter_rows()
    headers = tuple(_text(cell).strip() for cell in next(islice(rows, header, None)))
    first = (sheet.start or (0, 0))[0] + 1
    columns = [_Column() for _ in headers]
    last: Sequence[Cell] = ()
    for row in rows:
        last = row if any(cell != "" for cell in row) else last
        for column, cell in zip(columns, row, strict=False):
            if cell != "":
                _note(column, cell)
    found = Sheet(headers, _total(last))
    unfinished = target.with_suffix(".unfinished")
    _write(sheet, header, first, columns, found, unfinished)
    unfinished.replace(target)
    return found


def _described(target: Path) -> Sheet:
    """What an earlier conversion wrote down: one workbook may feed many tables."""
    content = json.loads(pq.read_schema(target).metadata[_SHEET])
    return Sheet(tuple(content["headers"]), tuple(content["total"]) if content["total"] else None)


def _sheets(name: str, path: Path) -> Iterator[CalamineSheet]:
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for metadata in workbook.sheets_metadata:
                if metadata.typ == SheetTypeEnum.WorkSheet and metadata.visible == Visible.Visible:
                    yield workbook.get_sheet_by_name(metadata.name)
    except PasswordError as error:
        raise SourceError(f"files: {name} is protected by a password. Save it without one. It was left out.") from error
    except CalamineError as error:
        raise SourceError(f"files: {name} cannot be read: {error}. Save it again. It was left out.") from error


def _sheet(name: str, path: Path, wanted: str | None, header_line: int | None) -> tuple[CalamineSheet, int]:
    names = []
    for sheet in _sheets(name, path):
        names.append(sheet.name)
        if wanted is not None and sheet.name != wanted:
            continue
        if header_line is not None:
            above = (sheet.start or (0, 0))[0]
            if above < header_line <= above + sheet.height:
                return sheet, header_line - 1 - above
            continue
        header = header_row(_texts(islice(sheet.iter_rows(), _LOOKED_AT)))
        if header is not None:
            return sheet, header
    which = f"has no sheet {wanted} with" if wanted is not None else "has no sheet with"
    raise SourceError(
        f"files: {name} {which} a line of column names (sheets: {', '.join(names) or 'none'}). It was left out."
    )


def _texts(rows: Iterator[list[Cell]]) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in rows]


def _kind(cell: Cell) -> str:
    match cell:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "int" if cell.is_integer() and abs(cell) < _EXACT else "float"
        case datetime():
            return "datetime" if _rounded(cell).time() != time() else "date"
        case date():
            return "date"
        case _:
            return "text"


def _note(column: _Column, cell: Cell) -> None:
    kind = _kind(cell)
    column.kinds.add(kind)
    if kind == "text" and isinstance(cell, str) and _NUMBER_LIKE.fullmatch(cell.strip()):
        column.has_number_texts = True


def _type(column: _Column) -> pa.DataType:
    match sorted(column.kinds):
        case ["int"]:
            return pa.int64()
        case ["float"] | ["float", "int"]:
            return pa.float64()
        case ["date"]:
            return pa.date32()
        case ["datetime"] | ["date", "datetime"]:
            return pa.timestamp("us")
        case ["bool"]:
            return pa.bool_()
        case _:
            return pa.string()


def _write(sheet: CalamineSheet, header: int, first: int, columns: list[_Column], found: Sheet, target: Path) -> None:
    types = [_type(column) for column in columns]
    schema = pa.schema([*((f"c{index}", kind) for index, kind in enumerate(types)), (LINE, pa.int64())])
    schema = schema.with_metadata({_SHEET: json.dumps(asdict(found)).encode()})
    rows = enumerate(sheet.iter_rows(), start=first)
    filled = ((line, row) for line, row in rows if line > first + header and any(cell != "" for cell in row))
    with pq.ParquetWriter(target, schema) as writer:
        while batch := list(islice(filled, _BATCH)):
            arrays = [
                pa.array([_value(row[index], kind, columns[index]) for _, row in batch], kind)
                for index, kind in enumerate(types)
            ]
            writer.write_batch(pa.record_batch([*arrays, pa.array([line for line, _ in batch])], schema=schema))


def _value(cell: Cell, kind: pa.DataType, column: _Column) -> Cell | None:
    if cell == "" and isinstance(cell, str):
        return None
    if pa.types.is_timestamp(kind):
        return _rounded(cell) if isinstance(cell, datetime) else datetime.combine(cell, time())  # type: ignore[arg-type]
    if pa.types.is_date(kind):
        return _rounded(cell).date() if isinstance(cell, datetime) else cell
    if pa.types.is_int64(kind):
        return int(cell)  # type: ignore[arg-type]
    if not pa.types.is_string(kind):
        return cell
    if column.has_number_texts and _kind(cell) == "float":
        return f"{cell!r}e0" if "e" not in repr(cell) else repr(cell)
    return _text(cell)


def _text(cell: Cell) -> str:
    match cell:
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if _kind(cell) == "int" else repr(cell)
        case datetime() if _kind(cell) == "date":
            return _rounded(cell).date().isoformat()
        case datetime():
            return _rounded(cell).isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _rounded(moment: datetime) -> datetime:
    """A moment to the millisecond: sheets keep fractions of days, which miss the second by a little."""
    moved = moment + timedelta(microseconds=500)
    return moved.replace(microsecond=moved.microsecond // 1000 * 1000)


def _total(last: Sequence[Cell]) -> tuple[int, str] | None:
    filled = [(index, _text(cell).strip()) for index, cell in enumerate(last) if cell != ""]
    return filled[0] if len(filled) > 1 and TOTAL.fullmatch(filled[0][1]) else None
