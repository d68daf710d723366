"""How a table of text is laid out: its separator, and where the line of column names is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DELIMITERS: Final = ",;\t|"
_RECORDS: Final = 400
_PREAMBLE: Final = 40
"""Records among which the line of column names is looked for."""
_NAMED: Final = 0.6
"""Share of the columns that the line of names must name."""
_VALUE: Final = re.compile(r"[^\w]*\d[\d\s.,:/'’%TZ+-]*[^\w]*([^\W\d_]{1,3})?")
TOTAL: Final = re.compile(
    r"(grand |sub-?)?(total|totals|totaal|totale|totali|totales|totaux|somme|summe|gesamt|gesamtsumme|suma|sum)\s*:?",
    re.IGNORECASE,
)
"""What stands before the figures of a totals line."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table of text is laid out.

    Attributes:
        delimiter: Separator.
        header: Records before the line of column names.
        names: The column names.
    """

    delimiter: str
    header: int
    names: tuple[str, ...]


def layout_of(sample: str, delimiter: str | None, header_line: int | None) -> Layout | None:
    """Look at the beginning of a text.

    The separator is the one with which most records have the same number of values as the line of names; a comma that
    stands in numbers or sentences does not do that.

    Returns:
        None where there is no record at all.
    """
    candidates = [
        (separator, records)
        for separator in (delimiter or DELIMITERS)
        if any(records := _records(sample, separator)) and (header_line is None or header_line <= len(records))
    ]
    if not candidates:
        return None
    fits = [
        (_evenness(records, header := _header(records, header_line)), records[header][1], separator, header)
        for separator, records in ((separator, list(enumerate(records))) for separator, records in candidates)
    ]
    _, names, separator, header = max(fits, key=lambda fit: fit[0])
    return Layout(separator, header, tuple(names))


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The row of a sheet that names the columns, counted from 0; None where there is none."""
    return _named_record([(index, list(row)) for index, row in enumerate(rows)])


def _records(sample: str, delimiter: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        for record in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter):
            records.append(record)
            if len(records) == _RECORDS:
                break
    except csv.Error:
        return records
    return records


def _header(records: list[tuple[int, list[str]]], header_line: int | None) -> int:
    if header_line is not None:
        return header_line - 1
    named = _named_record(records)
    return next(index for index, record in records if any(record)) if named is None else named


def _named_record(records: list[tuple[int, list[str]]]) -> int | None:
    """The first record that looks like column names; one above it that is narrower than the data is a title."""
    width = _usual_width(records)
    naming = [(index, record) for index, record in records[:_PREAMBLE] if _names_columns(record, width)]
    if not naming:
        return None
    if _filled_width(naming[0][1]) < width:
        return next((index for index, record in naming if _filled_width(record) == width), naming[0][0])
    return naming[0][0]


def _names_columns(record: Sequence[str], width: int) -> bool:
    """Whether a record looks like column names: texts, no values, in most of the columns."""
    named = [cell.strip() for cell in record if cell.strip()]
    return (
        len(named) >= max(min(2, width), _NAMED * width)
        and len(record) >= _NAMED * width
        and not any(_VALUE.fullmatch(cell) for cell in named)
    )


def _usual_width(records: list[tuple[int, list[str]]]) -> int:
    counts = Counter(_filled_width(record) for _, record in records if any(record))
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _filled_width(record: Sequence[str]) -> int:
    """Number of values up to the last one that is not empty: sheets are padded to the widest row."""
    return max((index for index, cell in enumerate(record, start=1) if cell), default=0)


def _evenness(records: list[tuple[int, list[str]]], header: int) -> tuple[int, float, int, int]:
    """How well a separator takes records apart: names that are names, many values alike, no title, many columns."""
    names = records[header][1]
    below = [len(record) for _, record in records[header + 1 :] if record]
    alike = sum(width == len(names) for width in below) / len(below) if below else 1.0
    is_apart = len(names) > 1 and not any('"' in name or _VALUE.fullmatch(name.strip()) for name in names)
    return int(is_apart), round(alike, 1), -header, len(names)
