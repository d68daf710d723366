"""Which files there are, what they hold byte by byte, and which tables they feed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from connectors.files import excel
from connectors.files.mapping import MappedTable, Mapping
from connectors.files.settings import ReadingOptions
from connectors.files.template import Template
from retail.errors import SourceError

TEXT_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
SUFFIXES: Final = (*TEXT_SUFFIXES, *excel.SUFFIXES, ".parquet")
Known = Dictionary[tuple[str, tuple[int, int]], str]
"""Name and stamp (size, time of the last change) of a file to what it holds."""

_NOTHING: Final[Known] = {}
_BEFORE_REST: Final = "_-. "
"""What may follow a table's name in a file's name: `sale_lines-2024.csv`."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file of the folder.

    Attributes:
        name: Path below the folder, with `/` on every system.
        path: Where it is.
        content: Size and hash of the bytes.
        stamp: Size and time of the last change, before the bytes were read.
        tables: Table to how the file fills it; None where it has the template's own columns.
        options: How the mapping says that it is to be read.
    """

    name: str
    path: Path
    content: str
    stamp: tuple[int, int]
    tables: Dictionary[str, MappedTable | None]
    options: ReadingOptions | None = None

    def must_be_unchanged(self) -> None:
        """Hold the file against its stamp.

        Raises:
            SourceError: Someone wrote to it meanwhile, so what was read may be half of something.
        """
        if _stamp(self.path) != self.stamp:
            raise SourceError(f"files: {self.name} changed while it was read. It was left out; the next run reads it.")


@dataclass(slots=True)
class Folder:
    """What the folder holds.

    Attributes:
        files: Files that feed a table, in the order of their names.
        ignored: Names of the others, with the reason.
        errors: Files that would feed a table, but cannot be opened.
    """

    files: list[FoundFile] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)


def look_through(folder: Path, template: Template, mapping: Mapping | None, known: Known = _NOTHING) -> Folder:
    """Look through a folder and its subfolders, or at a single file.

    A workbook is one file where it or one of its sheets feeds a table, `book.xlsx`, or one per sheet where several do,
    `book.xlsx#Sheet`.

    Args:
        folder: Folder or file.
        template: Tables that files may feed.
        mapping: How files feed tables otherwise.
        known: Name and stamp of files to what they hold; other files are read for that.

    Raises:
        SourceError: The folder is not there, or nothing in it feeds a table.
    """
    if not folder.exists():
        raise SourceError(f"files: there is no folder {folder}. Make it, or correct `path` in sources.yaml.")
    found = Folder()
    for name, path in files_in(folder):
        if not name.lower().endswith(SUFFIXES):
            found.ignored[name] = f"is no {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file"
            continue
        try:
            _add(found, name, path, template, mapping, known)
        except SourceError as error:
            found.errors.append(error)
        except OSError as error:
            found.errors.append(SourceError(f"files: {name} cannot be opened: {error.strerror}. It was left out."))
    if not found.files and not found.errors:
        raise SourceError(
            f"files: nothing in {folder} feeds a table ({len(found.ignored)} files ignored). Put CSV, Excel or Parquet "
            "files there that are named after the template's tables, such as sale_lines.csv, or write a mapping "
            "(docs/connect/files.md)."
        )
    return found


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names and places of the files of a folder and its subfolders, or of a single file, without hidden ones."""
    top = folder if folder.is_dir() else folder.parent
    paths = top.rglob("*") if folder.is_dir() else [folder]
    for path in sorted(paths, key=lambda path: path.relative_to(top).as_posix()):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(top).parts):
            yield path.relative_to(top).as_posix(), path


def parts_of(name: str, path: Path) -> list[str]:
    """The names under which a file may feed tables: its own, or those of a workbook's sheets where it has several.

    Raises:
        SourceError: It is a workbook that cannot be read.
    """
    if not name.lower().endswith(excel.SUFFIXES) or not path.stat().st_size:
        return [name]
    sheets = [sheet for sheet, headers in excel.sheets_of(name, path).items() if headers]
    return [f"{name}#{sheet}" for sheet in sheets] if len(sheets) > 1 else [name]


def named_table(name: str, template: Template) -> str | None:
    """The table of the template that a file or sheet is named after."""
    tables, _ = _tables(name.rpartition("#")[2].replace("/", " ") if "#" in name else name, template, None)
    return next(iter(tables), None)


def _add(found: Folder, name: str, path: Path, template: Template, mapping: Mapping | None, known: Known) -> None:
    stamp = _stamp(path)
    if name.lower().endswith(excel.SUFFIXES) and stamp[0]:
        parts = _sheets(found, name, path, template, mapping)
    else:
        parts = {name: _tables(name, template, mapping)}
    if not any(tables for tables, _ in parts.values()):
        found.ignored[name] = "has the name of no table of the template, and no mapping names it"
        return
    contents = (known[part, stamp].removesuffix(part.removeprefix(name)) for part in parts if (part, stamp) in known)
    content = next(contents, None) or _fingerprint(path)
    for part, (tables, options) in parts.items():
        sheet = part.removeprefix(name)
        found.files.append(FoundFile(part, path, content + sheet, stamp, tables, options))


_Tables = tuple[dict[str, MappedTable | None], ReadingOptions | None]


def _sheets(found: Folder, name: str, path: Path, template: Template, mapping: Mapping | None) -> dict[str, _Tables]:
    """What the sheets of a workbook feed.

    Sheets that are named after tables, or that the mapping names, feed those. Else the workbook's own name says what
    its first sheet with column names feeds, and every other sheet that has the same ones.
    """
    sheets = excel.sheets_of(name, path)
    feeding = {
        f"{name}#{sheet}": tables for sheet in sheets if (tables := _of_sheet(name, sheet, template, mapping))[0]
    }
    if not feeding:
        tables = _tables(name, template, mapping)
        if not tables[0] or len(sheets) < 2:
            return {name: tables}
        first = next((headers for headers in sheets.values() if headers), ())
        feeding = {f"{name}#{sheet}": tables for sheet, headers in sheets.items() if headers == first}
    for sheet in sheets:
        if f"{name}#{sheet}" not in feeding:
            nameless = "is a sheet without a line of column names"
            found.ignored[f"{name}#{sheet}"] = "is a sheet that feeds no table" if sheets[sheet] else nameless
    return feeding


def _of_sheet(name: str, sheet: str, template: Template, mapping: Mapping | None) -> _Tables:
    part = f"{name}#{sheet}"
    for entry in mapping.files if mapping is not None else ():
        if "#" in entry.pattern and (
            fnmatchcase(part, entry.pattern) or fnmatchcase(part.rsplit("/", 1)[-1], entry.pattern)
        ):
            return dict(entry.tables), entry
    return _tables(sheet.replace("/", " "), template, None)


def _tables(name: str, template: Template, mapping: Mapping | None) -> _Tables:
    for entry in mapping.files if mapping is not None else ():
        if fnmatchcase(name, entry.pattern) or fnmatchcase(name.rsplit("/", 1)[-1], entry.pattern):
            return dict(entry.tables), entry
    for part in reversed(name.lower().replace(" ", "_").replace("-", "_").split("/")):
        fitting = [
            table
            for table in template.tables
            if part == table or (part.startswith(table) and part[len(table)] in _BEFORE_REST)
        ]
        if fitting:
            return {max(fitting, key=len): None}, None
    return {}, None


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _fingerprint(path: Path) -> str:
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        return f"{handle.tell()}:{digest}"
