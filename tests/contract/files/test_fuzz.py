"""Whatever the bytes: no crash, and nothing disappears."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.files.check import Context
from connectors.files.client import open_file
from connectors.files.line_ends import UnevenLineEnds, with_even_line_ends
from connectors.files.read_file import FileResult, read_file
from connectors.files.settings import FilesSource
from connectors.files.template import template
from connectors.warehouse import QUARANTINE
from retail.errors import SourceError
from tests.contract.files.workbooks import Cell, xlsx

HEADER = b"sale_line_id,sale_id,store_id,product_id,sold_at,quantity,net_amount,channel\n"
CELLS = st.one_of(
    st.sampled_from(
        ["", "1", "-2.5", "2025-05-01", "2025-05-01 10:00:00", "2025-05-01T10:00:00+02:00", "pos", "S1", "infinity"]
    ),
    st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=12),
)
ROWS = st.lists(st.lists(CELLS, min_size=8, max_size=8), max_size=12)
NOISE = st.binary(max_size=200) | st.text(alphabet="a1,\"'\\;\t\r\n \x00é", max_size=200).map(str.encode)


class Reader:
    """Reads one file of sale lines after the other, without a warehouse."""

    def __init__(self, folder: Path) -> None:
        self.parent = folder
        self.numbers = itertools.count()
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        columns = ", ".join(f"{name} {'BIGINT' if name == 'line' else 'VARCHAR'}" for name in QUARANTINE)
        self.connection.execute(f"CREATE TEMP TABLE new_quarantine ({columns})")

    def read(self, content: bytes, suffix: str = "csv", **options: Any) -> FileResult:
        # DuckDB remembers what it read of a file by its name, size and time: each gets a name of its own
        self.folder = self.parent / str(next(self.numbers))
        self.folder.mkdir()
        path = self.folder / f"sale_lines.{suffix}"
        path.write_bytes(content)
        self.connection.execute("DELETE FROM new_quarantine")
        source = FilesSource(type="files", **options)
        try:
            return self._read(path, source)
        except UnevenLineEnds:
            return self._read(with_even_line_ends(path, self.folder / "even.csv"), source)

    def read_or_refuse(self, content: bytes, suffix: str = "csv", **options: Any) -> FileResult | None:
        try:
            return self.read(content, suffix, **options)
        except SourceError:
            return None

    def _read(self, path: Path, source: FilesSource) -> FileResult:
        opened = open_file(self.connection, path.name, path, source)
        context = Context(datetime(2025, 6, 13, tzinfo=UTC), "Europe/Paris", {}, known_stores=False)
        declared = template().tables["sale_lines"]
        part = self.folder / "part.parquet"
        return read_file(self.connection, opened, "sale_lines", declared, None, context, part, False)

    def accounted_for(self, result: FileResult) -> bool:
        part = self.connection.execute(
            f"SELECT count(*), count(DISTINCT sale_line_id), count(*) FILTER (_line IS NULL) FROM '{result.part}'"
        ).fetchone()
        aside = self.connection.execute("SELECT count(*), count(*) FILTER (line < 2) FROM new_quarantine").fetchone()
        return (
            part == (result.accepted, result.accepted, 0)
            and aside == (result.quarantined, 0)
            and (result.accepted + result.quarantined == result.read)
        )


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("fuzz"))


def check_rows(reader: Reader, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    result = reader.read(HEADER + text.getvalue().encode())
    assert result.read == len(rows)
    assert reader.accounted_for(result)


def check_foreign_rows(reader: Reader, rows: list[list[str]], encoding: str, separator: str) -> None:
    """Rows of a file in another encoding, with another separator, decimal mark and date order."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(rows)
    header = HEADER.decode().replace(",", separator).replace("\n", "\r\n")
    content = (header + text.getvalue()).encode(encoding, "replace")
    result = reader.read(content, encoding=encoding, delimiter=separator, decimal=",", date_order="dmy")
    assert result.read == len(rows)
    assert reader.accounted_for(result)


def check_sheet(reader: Reader, rows: list[list[Cell]]) -> None:
    header = HEADER.decode().strip().split(",")
    result = reader.read(xlsx({"Sheet1": [header, *rows]}), "xlsx", decimal=",", date_order="mdy")
    assert result.read == sum(any(cell not in {None, ""} for cell in row) for row in rows)
    assert reader.accounted_for(result)


def check_noise(reader: Reader, noise: bytes, encoding: str | None = None) -> None:
    good = b"L1,T1,S1,P1,2025-05-01 10:00:00,1,1,pos\n"
    result = reader.read_or_refuse(HEADER + good + noise, encoding=encoding)
    if result is None:
        return
    assert reader.accounted_for(result)
    assert result.read >= 1


FOREIGN_CELLS = st.one_of(
    CELLS,
    st.sampled_from(
        [
            "1.234,56",
            "1 234",
            "(3,50)",
            "-1,5 €",
            "12.00-",
            "31/12/2024",
            "1.2.24 2:05 PM",
            "3 août 2024",
            "Total",
            "1e5",
        ]
    ),
    st.from_regex(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}( [0-9]{1,2}:[0-9]{2})?", fullmatch=True),
    st.from_regex(r"[-(]?[0-9]{1,3}([.,' ][0-9]{3}){0,2}([.,][0-9]{1,3})?[)%-]?", fullmatch=True),
)
FOREIGN_ROWS = st.lists(st.lists(FOREIGN_CELLS, min_size=8, max_size=8), max_size=10)
SHEET_CELLS = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 (sheets know no zones)
    st.text(alphabet="a1.,:/- €é'\"&<", max_size=10),
    st.sampled_from(["1.234,56", "12/31/2024", "pos", "S1"]),
)
SHEET_ROWS = st.lists(st.lists(SHEET_CELLS, min_size=8, max_size=8), max_size=8)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "windows-1252", "cp850", "cp1251", "shift_jis", "gb18030"])
SEPARATORS = st.sampled_from([",", ";", "\t", "|"])

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = settings(QUICK, max_examples=1000)


@QUICK
@given(rows=ROWS)
def test_every_row_of_a_proper_file_is_accepted_or_put_aside(reader: Reader, rows: list[list[str]]) -> None:
    check_rows(reader, rows)


@QUICK
@given(noise=NOISE)
def test_noise_in_a_file_crashes_nothing(reader: Reader, noise: bytes) -> None:
    check_noise(reader, noise)


@QUICK
@given(rows=FOREIGN_ROWS, encoding=ENCODINGS, separator=SEPARATORS)
def test_every_row_in_other_formats_is_accepted_or_put_aside(
    reader: Reader, rows: list[list[str]], encoding: str, separator: str
) -> None:
    check_foreign_rows(reader, rows, encoding, separator)


@QUICK
@given(rows=SHEET_ROWS)
def test_every_row_of_a_sheet_is_accepted_or_put_aside(reader: Reader, rows: list[list[Cell]]) -> None:
    check_sheet(reader, rows)


@QUICK
@given(noise=NOISE)
def test_noise_whose_encoding_is_to_be_found_out_crashes_nothing(reader: Reader, noise: bytes) -> None:
    check_noise(reader, noise, "auto")


@QUICK
@given(noise=NOISE)
def test_noise_that_calls_itself_a_workbook_crashes_nothing(reader: Reader, noise: bytes) -> None:
    good = xlsx({"Sheet1": [["a"]]})
    assert reader.read_or_refuse(noise, "xlsx") is None
    assert reader.read_or_refuse(good[: len(good) // 2] + noise, "xlsx") is None


@pytest.mark.slow
@LONG
@given(rows=FOREIGN_ROWS, encoding=ENCODINGS, separator=SEPARATORS)
def test_every_row_of_many_files_in_other_formats_is_accepted_or_put_aside(
    reader: Reader, rows: list[list[str]], encoding: str, separator: str
) -> None:
    check_foreign_rows(reader, rows, encoding, separator)


@pytest.mark.slow
@LONG
@given(rows=SHEET_ROWS)
def test_every_row_of_many_sheets_is_accepted_or_put_aside(reader: Reader, rows: list[list[Cell]]) -> None:
    check_sheet(reader, rows)


@pytest.mark.slow
@LONG
@given(rows=ROWS)
def test_every_row_of_many_proper_files_is_accepted_or_put_aside(reader: Reader, rows: list[list[str]]) -> None:
    check_rows(reader, rows)


@pytest.mark.slow
@LONG
@given(noise=NOISE)
def test_much_noise_in_files_crashes_nothing(reader: Reader, noise: bytes) -> None:
    check_noise(reader, noise)
