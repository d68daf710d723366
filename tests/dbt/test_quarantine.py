"""Rejected rows in the published tables: the reason and the place of each, and no customer's name or address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbt.conftest import Shop


@pytest.fixture(scope="module")
def shop(make_shop: Callable[..., Shop]) -> Shop:
    shop = make_shop()
    shop.insert(
        "quarantine",
        {"table_name": "customers", "file": "people.csv", "line": 7,
         "reason": "joined_date is not a date: ada@example.com",
         "row_text": "C1,soon,Ada Lane,ada@example.com", "loaded_at": "2025-03-10 12:00:00+00"},
        {"table_name": "sale_lines", "file": "lines.csv", "line": 3, "reason": "quantity is not a number: two",
         "row_text": "T1,two,Milk", "loaded_at": "2025-03-10 12:00:00+00"},
    )  # fmt: skip
    shop.run("--select", "+fct_quarantine")
    return shop


def test_a_rejected_customer_is_shown_by_reason_file_and_line_without_the_row(shop: Shop) -> None:
    assert shop.rows(
        "select file, line, reason, row_text from marts.fct_quarantine where table_name = 'customers'"
    ) == [("people.csv", 7, "joined_date is not a date", None)]


def test_a_rejected_row_of_another_table_is_shown_as_it_was_read(shop: Shop) -> None:
    assert shop.rows("select row_text from marts.fct_quarantine where table_name = 'sale_lines'") == [("T1,two,Milk",)]
