"""A file that SQL can select from, and the errors of those that are none."""

from __future__ import annotations

import hashlib
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
from connectors.files.line_ends import UnevenLineEnds
from connectors.files.settings import DateOrder, DecimalMark
from retail.errors import SourceError

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


def copy_of(path: Path, scratch: Path | None, how: str, suffix: str) -> tuple[object, Path]:
    """Where a copy of a file goes, and what keeps it there."""
    if scratch is None:
        held = _Scratch()
        return held, held.path / f"copy{suffix}"
    status = path.stat()
    what = hashlib.sha256(f"{path}|{status.st_size}|{status.st_mtime_ns}|{how}".encode()).hexdigest()[:24]
    return None, scratch / f"copy-{what}{suffix}"


def _first_sentence(error: duckdb.Error) -> str:
    first = str(error).splitlines()[0].split(": ", 1)[-1]
    return first if first.endswith(".") else f"{first}."
