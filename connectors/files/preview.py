"""A look at a folder before anything is loaded: headers only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from connectors.files.client import open_file
from connectors.files.discover import look_through
from connectors.files.expressions import expressions
from connectors.files.mapping import read_mapping
from connectors.files.settings import FilesSource
from connectors.files.template import template
from retail.duckdb_options import OFFLINE


@dataclass(frozen=True, slots=True)
class Preview:
    """What a load would read.

    Attributes:
        files: File to the tables that it feeds.
        ignored: Names of the other files, with the reason.
    """

    files: dict[str, list[str]]
    ignored: dict[str, str]


def preview(source: FilesSource, folder: Path) -> Preview:
    """Read every file's header and say which tables it feeds.

    Raises:
        SourceError: Nothing feeds a table, or a file cannot be read or lacks a column that it needs.
        ConfigurationError: The mapping is wrong.
    """
    declared = template()
    mapping = read_mapping(source.mapping, declared) if source.mapping else None
    found = look_through(folder, declared, mapping)
    if found.errors:
        raise found.errors[0]
    with duckdb.connect(config={**OFFLINE}) as connection:
        for file in found.files:
            opened = open_file(connection, file.name, file.path, source)
            for table, mapped in file.tables.items():
                expressions(opened, table, declared.tables[table], mapped)
    return Preview({file.name: list(file.tables) for file in found.files}, found.ignored)
