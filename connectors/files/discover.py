"""Which files there are, what they hold byte by byte, and which tables they feed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from connectors.files.mapping import MappedTable, Mapping
from connectors.files.template import Template
from retail.errors import SourceError

SUFFIXES: Final = (".csv", ".csv.gz", ".parquet")
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
    """

    name: str
    path: Path
    content: str
    stamp: tuple[int, int]
    tables: Dictionary[str, MappedTable | None]

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


def look_through(folder: Path, template: Template, mapping: Mapping | None) -> Folder:
    """Look through a folder and its subfolders.

    Raises:
        SourceError: The folder is not there, or nothing in it feeds a table.
    """
    if not folder.is_dir():
        raise SourceError(f"files: there is no folder {folder}. Make it, or correct `path` in sources.yaml.")
    found = Folder()
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        tables = _tables(name, template, mapping)
        if not name.lower().endswith(SUFFIXES):
            found.ignored[name] = f"is no {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file"
        elif not tables:
            found.ignored[name] = "has the name of no table of the template, and no mapping names it"
        else:
            try:
                stamp = _stamp(path)
                found.files.append(FoundFile(name, path, _fingerprint(path), stamp, tables))
            except OSError as error:
                found.errors.append(SourceError(f"files: {name} cannot be opened: {error.strerror}. It was left out."))
    if not found.files and not found.errors:
        raise SourceError(
            f"files: nothing in {folder} feeds a table ({len(found.ignored)} files ignored). Put CSV or Parquet files "
            "there that are named after the template's tables, such as sale_lines.csv, or write a mapping "
            "(docs/connect/files.md)."
        )
    return found


def _tables(name: str, template: Template, mapping: Mapping | None) -> dict[str, MappedTable | None]:
    if mapping is not None:
        for entry in mapping.files:
            if fnmatchcase(name, entry.pattern) or fnmatchcase(name.rsplit("/", 1)[-1], entry.pattern):
                return dict(entry.tables)
    for part in reversed(name.lower().split("/")):
        fitting = [
            table
            for table in template.tables
            if part == table or (part.startswith(table) and part[len(table)] in _BEFORE_REST)
        ]
        if fitting:
            return {max(fitting, key=len): None}
    return {}


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _fingerprint(path: Path) -> str:
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        return f"{handle.tell()}:{digest}"
