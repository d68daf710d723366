"""Excel and OpenDocument workbooks: sheets become tables, and cells keep what they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.contract.files.workbooks import Sheets, ods, xls, xlsx

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

HEADER = ("sale_id", "store_id", "product_id", "sold_at", "quantity", "net_amount")
MOMENT = datetime(2025, 5, 1, 10, 30, 15)  # noqa: DTZ001 (the store's own time)
LINES: Sheets = {
    "Data": [
        HEADER,
        ("T1", 1, 4006381333931, MOMENT, 2, 9.5),
        ("T2", 1, "A-7", MOMENT, -1, -4.75),
    ]
}


@pytest.mark.parametrize(("suffix", "write"), [("xlsx", xlsx), ("xls", xls), ("ods", ods)])
def test_a_workbook_is_a_file(shop: Shop, suffix: str, write: Callable[[Sheets], bytes]) -> None:
    shop.write(f"sale_lines.{suffix}", write(LINES))
    report = shop.load()
    assert report.errors == []
    assert shop.rows(
        "SELECT sale_id, store_id, product_id, sold_at::VARCHAR, quantity, net_amount, _file, _line"
        " FROM raw_files.sale_lines ORDER BY sale_id"
    ) == [
        ("T1", "1", "4006381333931", "2025-05-01 08:30:15+00", 2, Decimal("9.5"), f"sale_lines.{suffix}", 2),
        ("T2", "1", "A-7", "2025-05-01 08:30:15+00", -1, Decimal("-4.75"), f"sale_lines.{suffix}", 3),
    ]
    assert not shop.load().changed


def test_sheets_that_are_named_after_tables_feed_them(shop: Shop) -> None:
    products = [("product_id", "name", "is_active", "launched_date"), ("P1", "Tea", True, date(2024, 2, 29))]
    shop.write(
        "shop.xlsx",
        xlsx({"Sale lines": [HEADER], "Ideas": [("a", "b")], "products": products, "Stores": [("store_id",), ("S1",)]}),
    )
    report = shop.load()
    assert report.errors == []
    assert shop.rows("SELECT name, is_active, launched_date, _file FROM raw_files.products") == [
        ("Tea", True, date(2024, 2, 29), "shop.xlsx#products")
    ]
    assert set(report.ignored) == {"shop.xlsx#Ideas"}
    assert set(report.tables) >= {"sale_lines", "stores"}


def test_all_sheets_with_the_same_columns_are_read_and_others_are_named(shop: Shop) -> None:
    line = ("T1", "S1", "P1", MOMENT, 1, 1)
    shop.write(
        "sale_lines.xlsx",
        xlsx({"2024": [HEADER, line], "2025": [HEADER, ("T2", *line[1:])], "Notes": [("who", "what"), ("I", "this")]}),
    )
    report = shop.load()
    assert shop.rows("SELECT sale_id, _file FROM raw_files.sale_lines ORDER BY 1") == [
        ("T1", "sale_lines.xlsx#2024"),
        ("T2", "sale_lines.xlsx#2025"),
    ]
    assert set(report.ignored) == {"sale_lines.xlsx#Notes"}


def test_titles_above_and_a_total_below_are_no_rows(shop: Shop) -> None:
    rows = [("Sales of May", None), (None, None), ("product_id", "name"), ("P1", "Tea"), ("P2", "Milk"), ("Total", "2")]
    shop.write("products.xlsx", xlsx({"Sheet1": rows}))
    table = shop.load().tables["products"]
    assert (table.read, table.accepted, table.quarantined) == (3, 2, 1)
    assert shop.rows("SELECT product_id, _line FROM raw_files.products ORDER BY 1") == [("P1", 4), ("P2", 5)]
    assert shop.reasons("products") == [(6, "a totals line at the end of the file")]


def test_numbers_kept_as_text_beside_real_numbers_are_not_mistaken(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(decimal=",", date_order="dmy")
    rows = [
        HEADER,
        ("T1", "S1", "P1", "01/05/2025 10:00", 1, "1.234,50"),
        ("T2", "S1", "P1", datetime(2025, 5, 2, 10), 1, 1.234),  # noqa: DTZ001
        ("T3", "S1", "P1", "03/05/2025", 1, 1234),
        ("T4", "S1", "P1", "04/05/2025", 1, "n/a"),
    ]
    shop.write("sale_lines.xlsx", xlsx({"Sheet1": rows}))
    shop.load()
    assert shop.rows("SELECT sale_id, net_amount, sold_at::DATE FROM raw_files.sale_lines ORDER BY 1") == [
        ("T1", Decimal("1234.5"), date(2025, 5, 1)),
        ("T2", Decimal("1.234"), date(2025, 5, 2)),
        ("T3", Decimal(1234), date(2025, 5, 2)),
    ]
    assert shop.reasons() == [(5, "net_amount is not a number with a decimal comma: n/a")]


def test_day_numbers_without_a_date_format_are_dates(shop: Shop) -> None:
    shop.write("sale_lines.xlsx", xlsx({"Sheet1": [HEADER, ("T1", "S1", "P1", 45778.5, 1, 1)]}))
    shop.load()
    assert shop.rows("SELECT sold_at::VARCHAR FROM raw_files.sale_lines") == [("2025-05-01 10:00:00+00",)]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 no workbook", b"text", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600]
)
def test_what_is_no_workbook_is_reported_and_the_others_come_in(shop: Shop, content: bytes) -> None:
    shop.write("sale_lines.xlsx", content)
    shop.write("products.csv", "product_id,name\nP1,Tea\n")
    report = shop.load()
    assert ["sale_lines.xlsx cannot be read" in str(error) for error in report.errors] == [True]
    assert shop.rows("SELECT count(*) FROM raw_files.products") == [(1,)]


def test_a_workbook_without_column_names_is_reported(shop: Shop) -> None:
    shop.write("sale_lines.xlsx", xlsx({"Empty": [], "Figures": [(1, 2), (3, 4)]}))
    shop.write("products.csv", "product_id,name\nP1,Tea\n")
    (error,) = shop.load().errors
    assert "sale_lines.xlsx has no sheet with a line of column names (sheets: Empty, Figures)" in str(error)
