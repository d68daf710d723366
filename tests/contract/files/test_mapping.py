"""Files with other columns than the template's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retail.errors import ConfigurationError

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

MAPPING = """
name: A till
time_zone: Europe/London
files:
  - pattern: "export*.csv"
    tables:
      stores:
        one_row_per_key: true
        columns:
          store_id: {constant: S1}
          country: {constant: GB}
      products:
        one_row_per_key: true
        columns:
          product_id: Code
          name:
            cases:
              - when: {column: Price, above: 0}
                then: {column: Title}
      sale_lines:
        columns:
          sale_id: Receipt
          store_id: {constant: S1}
          product_id: Code
          sold_at: {column: When, format: "%d/%m/%Y %H:%M"}
          quantity: Qty
          net_amount: {multiply: [Qty, Price]}
          line_type:
            cases:
              - when: {column: Price, at_least: 0, at_most: 0}
                then: adjustment
              - when: {column: Code, in: [POST]}
                then: charge
              - when: [{column: Code, starts_with: [D]}, {column: Qty, below: 0}]
                then: discount
              - when: {column: Title, is_empty: true}
                then: adjustment
              - when: {column: Code, matches: "Q[0-9]+"}
                then: charge
            otherwise: goods
"""
EXPORT = """receipt,CODE,title,when,qty,price
R1,A1,Tea,01/07/2025 10:00,2,1.25
R1,A1,Green tea,01/07/2025 10:00,-1,0.3333
R1,A1,?,01/07/2025 10:00,3,0
R2,POST,Post,01/12/2024 10:00,1,4
R2,D1,Off,01/12/2024 10:00,-1,1
R2,D2,Dates,01/12/2024 10:00,1,1
R2,A2,,01/12/2024 10:00,1,1
R2,Q7,Fee,01/12/2024 10:00,1,1
R2, A1 ,Tea bags,2024-12-01,1,1
R3
"""


@pytest.fixture
def mapped(make_shop: Callable[..., Shop]) -> Shop:
    shop = make_shop(mapping=Path("till.yaml"))
    (shop.workspace.root / "till.yaml").write_text(MAPPING.replace("2025", "2025"))
    return shop


def test_one_file_fills_several_tables(mapped: Shop) -> None:
    mapped.write("export.csv", EXPORT.replace("/07/2025", "/06/2025"))
    report = mapped.load()
    assert report.errors == []
    assert mapped.rows(
        "SELECT sale_id, product_id, sold_at::VARCHAR, net_amount, line_type FROM raw_files.sale_lines ORDER BY _line"
    ) == [
        ("R1", "A1", "2025-06-01 09:00:00+00", Decimal("2.5"), "goods"),
        ("R1", "A1", "2025-06-01 09:00:00+00", Decimal("-0.3333"), "goods"),
        ("R1", "A1", "2025-06-01 09:00:00+00", Decimal(0), "adjustment"),
        ("R2", "POST", "2024-12-01 10:00:00+00", Decimal(4), "charge"),
        ("R2", "D1", "2024-12-01 10:00:00+00", Decimal(-1), "discount"),
        ("R2", "D2", "2024-12-01 10:00:00+00", Decimal(1), "goods"),
        ("R2", "A2", "2024-12-01 10:00:00+00", Decimal(1), "adjustment"),
        ("R2", "Q7", "2024-12-01 10:00:00+00", Decimal(1), "charge"),
    ]
    assert [line for line, _ in mapped.reasons()] == [10, 11]
    assert mapped.rows("SELECT store_id, country FROM raw_files.stores") == [("S1", "GB")]
    products = dict(mapped.rows("SELECT product_id, name FROM raw_files.products"))
    assert products == {"A1": "Tea bags", "POST": "Post", "D1": "Off", "D2": "Dates", "A2": None, "Q7": "Fee"}
    assert report.tables["products"].read == 6
    assert report.tables["sale_lines"].read == 10


def test_a_changed_mapping_reads_the_files_again(mapped: Shop) -> None:
    mapped.write("export.csv", EXPORT)
    mapped.load()
    assert not mapped.load().changed
    (mapped.workspace.root / "till.yaml").write_text(MAPPING.replace("in: [POST]", "in: [POST, D2]"))
    assert mapped.load().changed
    assert mapped.rows("SELECT line_type FROM raw_files.sale_lines WHERE product_id = 'D2'") == [("charge",)]


def test_a_column_that_the_file_does_not_have_is_said(mapped: Shop) -> None:
    mapped.write("export.csv", EXPORT.replace("price", "amount"))
    report = mapped.load()
    assert len(report.errors) == 1
    assert "export.csv has no column Price, which the mapping needs. It has receipt, CODE" in str(report.errors[0])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Europe/London", "London", "time_zone: value error, 'London' is no IANA time zone"),
        ("sale_lines:", "sold_lines:", "files[0].tables.sold_lines: the template has no such table"),
        ("country:", "land:", "files[0].tables.stores.columns: the template has no column land"),
        ("quantity: Qty", "unit_price: Qty", "files[0].tables.sale_lines.columns: quantity is required"),
        ("net_amount:", "unit_cost:", "net_amount or gross_amount is required"),
        ("above: 0", "over: 0", "over: extra inputs are not permitted"),
        ("column: Price, above: 0", "column: Price", "a condition needs one of"),
        ("name: A till", "title: A till", "name: field required"),
    ],
)
def test_a_wrong_mapping_is_said_with_file_and_key(mapped: Shop, old: str, new: str, said: str) -> None:
    path = mapped.workspace.root / "till.yaml"
    path.write_text(MAPPING.replace(old, new))
    mapped.write("export.csv", EXPORT)
    with pytest.raises(ConfigurationError) as raised:
        mapped.load()
    assert str(path) in str(raised.value)
    assert said in str(raised.value)


def test_words_of_a_mapping_are_only_words(mapped: Shop) -> None:
    (mapped.workspace.root / "till.yaml").write_text(
        MAPPING.replace("{constant: S1}", '{constant: "S\'1; DROP TABLE x {}"}').replace("Q[0-9]+", "it''s(")
    )
    mapped.write("export.csv", EXPORT)
    report = mapped.load()
    assert "export.csv cannot be read" in str(report.errors[0])
    assert mapped.rows("SELECT store_id FROM raw_files.stores") == [("S'1; DROP TABLE x {}",)]
