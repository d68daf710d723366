"""What the values of a file's columns look like, over all of them: how numbers and dates are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import duckdb

from connectors.files.client import FileColumn, OpenFile, readable
from connectors.files.settings import DateOrder, DecimalMark
from connectors.files.values import full_year, iso_date, number_pattern, plain_time
from connectors.sql import literal

Kind = Literal["moment", "number", "text", "empty"]

_SAMPLE: Final = 2000
_MOST: Final = 0.8
_ORDERS: Final[tuple[DateOrder, ...]] = ("dmy", "mdy", "ymd")
_MARKS: Final[tuple[DecimalMark, ...]] = (".", ",")
_DATE: Final = re.compile(
    r"(\w{2,}\.?,?\s+)?\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}\b.*|(19|20)\d{6}|.*\b\d{1,2}\b.*[^\W\d_]{3,}.*\d{4}\b.*",
)
_NUMBER: Final = re.compile(r"[^\w]*([A-Za-z]{1,3}\W*)?\d[\d.,' \u00a0\u202f’]*\W*([A-Za-z]{1,3}\.?|%)?\W*")
_PLAIN: Final = re.compile(r"-?\d*\.?\d+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the values of one column look like.

    Attributes:
        header: Its header, as the file has it.
        kind: What most of its values are.
        examples: Some values, different ones.
        filled: Values that are not empty.
        distinct: Different values, about.
        decimals: Decimal marks under which its numbers can be read: one, both if they would read differently, or none
            where the mark does not matter.
        needs_decimal: Whether numbers are dressed (thousands, currency), so that a decimal mark must be given.
        orders: Orders under which its dates can be read; more than one if they would read differently.
        needs_order: Whether dates are not ISO, so that an order must be given.
        is_barcode: Whether its values are EAN or UPC codes with right check digits.
        is_whole: Whether its numbers are whole.
    """

    header: str
    kind: Kind
    examples: tuple[str, ...] = ()
    filled: int = 0
    distinct: int = 0
    decimals: tuple[DecimalMark, ...] = ()
    needs_decimal: bool = False
    orders: tuple[DateOrder, ...] = ()
    needs_order: bool = False
    is_barcode: bool = False
    is_whole: bool = False


def facts_of(connection: duckdb.DuckDBPyConnection, opened: OpenFile) -> list[Facts]:
    """Look at every column of a file. Texts that look like numbers or dates are looked at from first to last row.

    Raises:
        SourceError: The file cannot be read.
    """
    columns = [(header, column) for header in opened.headers if header.strip() and (column := opened.column(header))]
    with readable(opened.name):
        selected = ", ".join(f"trim(CAST({column.sql} AS VARCHAR))" for _, column in columns)
        rows = connection.execute(f"SELECT {selected} FROM {opened.relation} LIMIT {_SAMPLE}").fetchall()
        _forget_rejects(connection)
        return [
            _facts(connection, opened, header, column, [row[index] for row in rows if row[index]])
            for index, (header, column) in enumerate(columns)
        ]


def _facts(
    connection: duckdb.DuckDBPyConnection, opened: OpenFile, header: str, column: FileColumn, sample: list[str]
) -> Facts:
    different = tuple(dict.fromkeys(sample))
    examples = different[:3]
    if not sample:
        return Facts(header, "empty")
    basics = (examples, len(sample), len(different))
    if column.type.startswith(("TIMESTAMP", "DATE")):
        return Facts(header, "moment", *basics)
    if column.type != "VARCHAR":
        kind: Kind = "text" if column.type == "BOOLEAN" else "number"
        return Facts(header, kind, *basics, is_barcode=_are_barcodes(sample), is_whole=_are_whole(sample))
    if _share(_DATE, sample) >= _MOST:
        orders, needs_order = _orders(connection, opened, column)
        if orders or not needs_order:
            return Facts(header, "moment", *basics, orders=orders, needs_order=needs_order)
    if _share(_NUMBER, sample) >= _MOST:
        decimals, needs_decimal = _decimals(connection, opened, column)
        return Facts(
            header, "number", *basics, decimals, needs_decimal,
            is_barcode=_are_barcodes(sample), is_whole=_are_whole(sample),
        )  # fmt: skip
    return Facts(header, "text", *basics)


def _share(pattern: re.Pattern[str], sample: Sequence[str]) -> float:
    return sum(pattern.fullmatch(value) is not None for value in sample) / len(sample)


def _are_whole(sample: Sequence[str]) -> bool:
    return all(re.fullmatch(r"-?\d+(\.0+)?", value) for value in sample)


def _are_barcodes(sample: Sequence[str]) -> bool:
    return sum(_is_barcode(value) for value in sample) >= _MOST * len(sample)


def _is_barcode(value: str) -> bool:
    if not value.isascii() or not value.isdigit() or len(value) not in {8, 12, 13, 14}:
        return False
    digits = [int(digit) for digit in reversed(value)]
    return (sum(digits[1::2]) * 3 + sum(digits[::2])) % 10 == 0


def _decimals(
    connection: duckdb.DuckDBPyConnection, opened: OpenFile, column: FileColumn
) -> tuple[tuple[DecimalMark, ...], bool]:
    """Under which decimal marks a column's numbers can be read, and whether they need one to be given."""
    text = f"trim({column.sql})"
    fits = {mark: f"regexp_matches({text}, {literal(number_pattern(mark))})" for mark in _MARKS}
    is_plain = rf"regexp_full_match({text}, '[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?')"
    row = _one_row(
        connection,
        f"SELECT count(*) FILTER ({fits['.']} AND NOT {fits[',']}), count(*) FILTER ({fits[',']} AND NOT {fits['.']}),"
        f" count(*) FILTER ({fits['.']} AND {fits[',']} AND regexp_matches({text}, '[.,]')),"
        f" count(*) FILTER (NOT ({is_plain})) FROM {opened.relation} WHERE {text} <> ''",
    )
    _forget_rejects(connection)
    point, comma, either, dressed = row
    marks: tuple[DecimalMark, ...] = ()
    if point and comma:
        marks = (".", ",")
    elif point or comma:
        marks = (".",) if point else (",",)
    elif either:
        marks = (".", ",")
    return marks, bool(dressed)


def _orders(
    connection: duckdb.DuckDBPyConnection, opened: OpenFile, column: FileColumn
) -> tuple[tuple[DateOrder, ...], bool]:
    """In which orders a column's dates can be read, and whether they need one to be given."""
    text = column.sql
    moments = {order: f"SELECT {iso_date('text', order)} AS iso, text, place FROM texts" for order in _ORDERS}
    staged = {
        order: f"SELECT TRY_CAST({plain_time('iso')} AS TIMESTAMP) AS {order}, place FROM"
        f" (SELECT {full_year('iso')} AS iso, place FROM ({select}))"
        for order, select in moments.items()
    }
    joined = " ".join(f"LEFT JOIN ({select}) AS read_{order} USING (place)" for order, select in staged.items())
    # the same text reads the same, and a column of dates has few different ones
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE texts AS SELECT text, times, row_number() OVER () AS place FROM"
        f" (SELECT left(trim({text}), 60) AS text, count(*) AS times FROM {opened.relation}"
        f" WHERE trim({text}) <> '' GROUP BY 1)"
    )
    _forget_rejects(connection)
    is_iso = r"(TRY_CAST(text AS TIMESTAMPTZ) IS NOT NULL AND regexp_matches(text, '^\d{4}-'))"
    row = _one_row(
        connection,
        "SELECT sum(times) FILTER (NOT is_iso), sum(times) FILTER (NOT is_iso AND dmy IS NOT NULL),"
        " sum(times) FILTER (NOT is_iso AND mdy IS NOT NULL), sum(times) FILTER (NOT is_iso AND ymd IS NOT NULL),"
        " count(*) FILTER (NOT is_iso AND dmy IS NOT NULL AND mdy IS NULL),"
        " count(*) FILTER (NOT is_iso AND mdy IS NOT NULL AND dmy IS NULL),"
        " count(*) FILTER (NOT is_iso AND dmy <> mdy)"
        f" FROM (SELECT *, {is_iso} AS is_iso FROM texts {joined})",
    )
    connection.execute("DROP TABLE texts")
    foreign, day_first, month_first, year_first, only_day, only_month, differing = (int(value or 0) for value in row)
    if not foreign:
        return (), False
    if year_first and year_first >= max(day_first, month_first):
        return ("ymd",), True
    if not day_first and not month_first:
        return (), True
    if (only_day and only_month) or (not only_day and not only_month and differing):
        return ("dmy", "mdy"), True
    return ("mdy",) if only_month else ("dmy",), True


def _one_row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row


def _forget_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
