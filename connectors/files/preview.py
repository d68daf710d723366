"""A look at a folder before anything is loaded: a sample of every file, read as a load would read it."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
from pydantic import BaseModel

from connectors.files.check import Context, checking_query
from connectors.files.client import OpenFile, collect_unreadable, open_file, readable
from connectors.files.discover import FoundFile, look_through
from connectors.files.expressions import Expression, Filled, expressions
from connectors.files.mapping import MappedTable, Mapping, read_mapping
from connectors.files.settings import FilesSource
from connectors.files.template import TemplateTable, template
from connectors.sql import identifiers
from retail.duckdb_options import OFFLINE

_SAMPLE: Final = 1000
_SHOWN: Final = 3
_CONTACTS: Final = {"customers": ("name", "email", "phone")}
_ORDERS: Final = {"dmy": "day first", "mdy": "month first", "ymd": "year first", None: "year-month-day"}


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """How a column would be filled: with what of the file, read as what."""

    column: str
    source: str
    read_as: str


@dataclass(frozen=True, slots=True)
class TablePreview:
    """What the first rows of a file would become in one table.

    Attributes:
        file: Name of the file.
        table: The table.
        columns: How its columns would be filled.
        rows: A few rows as they would be loaded; contacts that are not to be stored are left out.
        sampled: Rows looked at.
        accepted: Rows that would be loaded.
        quarantined: Rows that would be put aside.
        reasons: Why, without the values, to the number of rows.
    """

    file: str
    table: str
    columns: list[ColumnPreview]
    rows: list[dict[str, object]]
    sampled: int
    accepted: int
    quarantined: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a load would read.

    Attributes:
        files: File to the tables that it feeds.
        ignored: Names of the other files, with the reason.
        preview: What samples of the files would become.
    """

    files: dict[str, list[str]]
    ignored: dict[str, str]
    preview: list[TablePreview] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def preview(source: FilesSource, folder: Path, time_zone: str = "UTC") -> Preview:
    """Read the first rows of every file as a load would.

    Args:
        source: The source; its mapping is read from where it says.
        folder: The folder, or a single file.
        time_zone: Zone of times that do not say theirs.

    Raises:
        SourceError: Nothing feeds a table, or a file cannot be read or lacks a column that it needs.
        ConfigurationError: The mapping is wrong.
    """
    declared = template()
    mapping = read_mapping(source.mapping, declared) if source.mapping else None
    found = look_through(folder, declared, mapping)
    if found.errors:
        raise found.errors[0]
    tables = []
    with duckdb.connect(config={**OFFLINE}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for file in found.files:
            opened = open_file(connection, file.name, file.path, source.read_as(file.options))
            for table, mapped in file.tables.items():
                context = Context(datetime.now(UTC), _zone(mapping, mapped, time_zone), {}, known_stores=False)
                tables.append(_table(connection, opened, file, table, mapped, context, source))
    return Preview({file.name: list(file.tables) for file in found.files}, found.ignored, tables)


def _zone(mapping: Mapping | None, mapped: MappedTable | None, time_zone: str) -> str:
    return mapping.time_zone if mapping and mapped is not None and mapping.time_zone else time_zone


def _table(
    connection: duckdb.DuckDBPyConnection,
    opened: OpenFile,
    file: FoundFile,
    table: str,
    mapped: MappedTable | None,
    context: Context,
    source: FilesSource,
) -> TablePreview:
    declared = template().tables[table]
    sample = replace(opened, relation=f"(SELECT * FROM {opened.relation} LIMIT {_SAMPLE})")
    filled = expressions(sample, table, declared, mapped)
    one_row_per_key = mapped is not None and mapped.one_row_per_key
    query = checking_query(sample, declared, filled, context, one_row_per_key)
    with readable(file.name):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE checked AS {query}")
    reasons = _reasons(connection, sample, is_all=not one_row_per_key)
    hidden = () if source.store_contacts else _CONTACTS.get(table, ())
    shown = [name for name in declared.columns if name in filled and name not in hidden]
    rows = connection.execute(
        f"SELECT {identifiers(shown)} FROM checked WHERE _reason IS NULL LIMIT {_SHOWN}"
    ).fetchall()
    accepted = connection.execute("SELECT count(*) FROM checked WHERE _reason IS NULL").fetchone()
    assert accepted is not None
    quarantined = sum(reasons.values())
    return TablePreview(
        file.name,
        table,
        _columns(opened, declared, filled, mapped),
        [dict(zip(shown, row, strict=True)) for row in rows],
        accepted[0] + quarantined,
        accepted[0],
        quarantined,
        reasons,
    )


def _reasons(connection: duckdb.DuckDBPyConnection, opened: OpenFile, *, is_all: bool) -> dict[str, int]:
    collect_unreadable(connection, opened)
    unreadable = " UNION ALL SELECT reason FROM unreadable" if is_all else ""
    rows = connection.execute(
        "SELECT split_part(reason, ': ', 1), count(*) FROM"
        f" (SELECT _reason AS reason FROM checked WHERE _reason IS NOT NULL{unreadable}) GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return dict(rows)


def _columns(
    opened: OpenFile, declared: TemplateTable, filled: Filled, mapped: MappedTable | None
) -> list[ColumnPreview]:
    names = {column.sql: header for header in opened.headers if (column := opened.column(header)) is not None}
    return [
        ColumnPreview(
            name,
            _described(mapped.columns.get(name)) if mapped is not None else names[filled[name].sql],
            _reading(column.type, filled[name]),
        )
        for name, column in declared.columns.items()
        if name in filled
    ]


def _reading(kind: str, expression: Expression) -> str:
    is_text = expression.type == "VARCHAR"
    if kind in {"timestamp", "date"}:
        what = "date" if kind == "date" else "date and time"
        return f"{what}, {_ORDERS[expression.date_order]}" if is_text else what
    if kind in {"decimal", "integer"}:
        what = "number" if kind == "decimal" else "whole number"
        return f"{what}, decimal comma" if is_text and expression.decimal == "," else what
    return "true or false" if kind == "boolean" else "text"


def _described(value: object) -> str:
    """A mapping's value in a few words."""
    if isinstance(value, BaseModel):
        content = value.model_dump(by_alias=True, exclude_none=True)
        return _words(content)
    return str(value) if value is not None else "in some of the rows"


def _words(content: Dictionary[str, object]) -> str:
    match content:
        case {"column": column, **_others}:
            return str(column)
        case {"constant": constant}:
            return f"always {constant}"
        case {"cases": _, **_others}:
            return "by cases"
        case _:
            verb, operands = next(iter(content.items()))
            parts = operands if isinstance(operands, list | tuple) else [operands]
            said = [_words(part) if isinstance(part, dict) else str(part) for part in parts]
            return f"{verb.replace('_', ' ')} {', '.join(said)}"
