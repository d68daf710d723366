"""Encodings, separators, decimal marks and dates: read as they are written once that is known, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from connectors.files.encoding import detect, utf8_copy
from connectors.files.values import full_year, iso_date, number, plain_time

if TYPE_CHECKING:
    from connectors.files.settings import DateOrder, DecimalMark
    from tests.contract.files.conftest import Shop

NAMES = "product_id;name\nP1;Müller Käse\nP2;Größe 5\nP3;Crème brûlée 5 €\n"
TEXTS = {
    "utf-8": NAMES,
    "utf-8-sig": NAMES,
    "utf-16": NAMES,
    "utf-16-le": NAMES,
    "windows-1252": NAMES,
    "cp850": NAMES.replace("€", "$"),
    "mac_roman": NAMES,
    "cp1250": "product_id;name\nP1;Příbram\nP2;žluťoučký kůň\nP3;čeština\n",
    "iso8859-2": "product_id;name\nP1;Łódź\nP2;żółć gęś\nP3;śliwka\n",
    "cp1251": "product_id;name\nP1;Молоко\nP2;Хлеб белый\nP3;Сыр\n" * 4,
    "koi8-r": "product_id;name\nP1;Молоко\nP2;Хлеб белый\nP3;Сыр\n",
    "cp1253": "product_id;name\nP1;Γάλα\nP2;Ψωμί άσπρο\nP3;Τυρί\n",
    "cp1254": "product_id;name\nP1;Çiğ köfte\nP2;şeker\nP3;ısırgan\n",
    "shift_jis": "product_id;name\nP1;緑茶\nP2;コーヒー\nP3;牛乳\n",
    "big5": "product_id;name\nP1;綠茶\nP2;咖啡牛奶\nP3;麵包\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_an_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes(TEXTS[encoding].encode(encoding))
    detected = detect(path)
    assert path.read_bytes().decode(detected.encoding).removeprefix("\ufeff") == TEXTS[encoding]


@pytest.mark.parametrize("encoding", sorted(TEXTS.keys() - {"cp1251", "cp1254"}))
def test_what_is_found_out_is_used_where_that_is_wished(make_shop: Callable[..., Shop], encoding: str) -> None:
    shop = make_shop(encoding="auto")
    shop.write("products.csv", TEXTS[encoding].encode(encoding))
    shop.load()
    loaded = shop.rows("SELECT product_id || ';' || name FROM raw_files.products ORDER BY 1")
    assert [row for (row,) in loaded] == TEXTS[encoding].splitlines()[1:]


def test_what_reads_well_in_two_encodings_is_in_doubt(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes("P1;녹차\nP2;커피\n".encode("euc_kr"))
    detected = detect(path)
    assert not detected.is_sure
    assert "euc_kr" in (detected.encoding, *detected.alternatives)


def test_utf8_with_a_broken_byte_is_not_taken_for_something_else(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes(NAMES.encode() * 50 + b"P9;\xff\n")
    assert not detect(path).is_sure


def test_a_line_that_the_encoding_cannot_hold_is_put_aside(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(encoding="windows-1252")
    shop.write("products.csv", b"product_id,name\nP1,Caf\xe9\nP2,\x81\nP3,Tea\n")
    shop.load()
    assert shop.rows("SELECT name FROM raw_files.products ORDER BY 1") == [("Café",), ("Tea",)]
    assert shop.reasons("products") == [(3, "not in the encoding of the source (see `encoding` in sources.yaml)")]


def test_a_large_file_is_recoded_piece_by_piece(tmp_path: Path) -> None:
    path, copy = tmp_path / "large.csv", tmp_path / "copy.csv"
    line = "Grüße,1\r\n"
    path.write_bytes(line.encode("utf-16") + line.encode("utf-16-le") * 400_000)
    utf8_copy(path, copy, "utf-16")
    with copy.open(encoding="utf-8", newline="") as text:
        assert sum(line == "Grüße,1\n" for line in text) == 400_001


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1 234,5", ",", "1234.5"),
        ("1\u202f234,56 €", ",", "1234.56"),
        ("-1.234", ",", "-1234"),
        ("12,00-", ",", "-12"),
        ("(12,00)", ",", "-12"),
        ("R$ 10,00", ",", "10"),
        ("19,0 %", ",", "0.19"),
        ("1,234", ",", "1.234"),
        ("12.5", ",", None),
        ("1,234,567", ",", None),
        ("1,234.56", ".", "1234.56"),
        ("CHF 1'234.50", ".", "1234.5"),
        ("-$45.00", ".", "-45"),
        ("($45.00)", ".", "-45"),
        ("1,23,456.78", ".", "123456.78"),
        ("1,234", ".", "1234"),
        ("1,2", ".", None),
        ("12 kg", ".", None),
        ("", ".", None),
    ],
)
def test_a_number_has_one_reading_once_its_decimal_mark_is_known(
    text: str, decimal: DecimalMark, value: str | None
) -> None:
    query = f"SELECT {number('text', decimal)} FROM (SELECT ?::VARCHAR AS text)"
    assert duckdb.execute(query, [text]).fetchone() == (None if value is None else Decimal(value),)


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("31/12/2024", "dmy", "2024-12-31"),
        ("12/31/2024", "mdy", "2024-12-31"),
        ("31.12.24", "dmy", "2024-12-31"),
        ("1-2-1999", "mdy", "1999-01-02"),
        ("31.12.2024, 14:05", "dmy", "2024-12-31 14:05"),
        ("31.12.2024 14:05:06 Uhr", "dmy", "2024-12-31 14:05:06"),
        ("12/31/2024 2:05 PM", "mdy", "2024-12-31 14:05"),
        ("12/31/2024 12:05:01 a.m.", "mdy", "2024-12-31 00:05:01"),
        ("31. Dezember 2024", "dmy", "2024-12-31"),
        ("3 août 2024 à 14h05", "dmy", "2024-08-03 14:05"),
        ("Dec 31, 2024 10:00 AM", "mdy", "2024-12-31 10:00"),
        ("31 de diciembre de 2024", "dmy", "2024-12-31"),
        ("2024/05/01 10:00", "ymd", "2024-05-01 10:00"),
        ("20240501", "ymd", "2024-05-01"),
        ("2024-05-01T10:00:00", "dmy", "2024-05-01 10:00"),
        ("31/12/2024", "mdy", None),
        ("30/02/2024", "dmy", None),
        ("soon", "dmy", None),
        ("12:05", "dmy", None),
    ],
)
def test_a_date_has_one_reading_once_its_order_is_known(text: str, order: DateOrder, moment: str | None) -> None:
    steps = f"SELECT {full_year('iso')} AS iso FROM (SELECT {iso_date('text', order)} AS iso FROM (SELECT ? AS text))"
    found = duckdb.execute(f"SELECT TRY_CAST({plain_time('iso')} AS TIMESTAMP) FROM ({steps})", [text]).fetchone()
    assert found == (None if moment is None else datetime.fromisoformat(moment),)


def test_a_file_is_read_in_the_formats_that_are_set(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(decimal=",", date_order="dmy")
    shop.write(
        "sale_lines.csv",
        "Umsätze im Mai\n\nsale_id;store_id;product_id;sold_at;quantity;net_amount\n"
        "T1;S1;P1;03/05/2025 10:00;2;1.234,50 €\n"
        "T2;S1;P1;31/04/2025 10:00;1;1,00\n"
        "T3;S1;P1;04/05/2025;1,5;12.50\n"
        "x;y\n"
        "T4;S1;P1;2025-05-05 10:00+00:00;1;-3,00\n"
        "Summe;;;;5,5;1.233,50\n",
    )
    shop.load()
    assert shop.rows("SELECT sale_id, sold_at, quantity, net_amount, _line FROM raw_files.sale_lines ORDER BY 1") == [
        ("T1", datetime(2025, 5, 3, 8, tzinfo=UTC), 2, Decimal("1234.5"), 4),
        ("T4", datetime(2025, 5, 5, 10, tzinfo=UTC), 1, Decimal(-3), 8),
    ]
    assert shop.reasons() == [
        (5, "sold_at is not a date such as 31/05/2024 or a date and time: 31/04/2025 10:00"),
        (6, "net_amount is not a number with a decimal comma: 12.50"),
        (7, "fewer values than the header has columns"),
        (9, "a totals line at the end of the file"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_takes_lines_apart_evenly(shop: Shop, separator: str) -> None:
    rows = [["product_id", "name", "unit"], ["P1", "Tea, green; loose", "each"], ["P2", "Milk, 1,5 %; fresh", "l"]]
    quoted = [[f'"{cell}"' if separator in cell else cell for cell in row] for row in rows]
    shop.write("products.csv", "".join(separator.join(row) + "\n" for row in quoted))
    shop.load()
    assert shop.rows("SELECT name FROM raw_files.products ORDER BY product_id") == [(row[1],) for row in rows[1:]]


def test_a_single_file_is_a_source(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(path=Path("incoming/products.tsv"))
    shop.write("products.tsv", "product_id\tname\nP1\tTea, black\n")
    shop.write("stores.csv", "store_id\nS1\n")
    shop.load()
    assert shop.rows("SELECT name, _file FROM raw_files.products") == [("Tea, black", "products.tsv")]
    assert shop.rows("SELECT count(*) FROM raw_files.stores") == [(0,)]
