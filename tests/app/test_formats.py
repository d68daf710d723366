"""Numbers, dates and other people's words as the pages show them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app import formats


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (1234567.8, "USD", "$1,234,568"),
        (4.2, "EUR", "€4.20"),
        (-1234, "GBP", "-£1,234"),
        (Decimal("99.999"), "CHF", "CHF 100.00"),
        (-0.001, "USD", "$0.00"),
        (0, "USD", "$0.00"),
        (None, "USD", "–"),
        (float("nan"), "USD", "–"),
    ],
)
def test_money_shows_its_currency_and_nothing_for_unknown(amount: object, currency: str, shown: str) -> None:
    assert formats.money(amount, currency) == shown


def test_a_value_is_shown_in_its_metric_s_unit() -> None:
    assert formats.value(0.3561, "ratio", "USD") == "35.6%"
    assert formats.value(11.94, "days", "USD") == "11.9 d"
    assert formats.value(3802, "units", "USD") == "3,802"
    assert formats.value(2.5, "units", "USD") == "2.5"
    assert formats.value(None, "days", "USD") == "–"


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [(110, 100, "+10.0%"), (90, 100, "-10.0%"), (100.01, 100, "0.0%"), (5, 0, None), (None, 3, None), (5, None, None)],
)
def test_change_has_a_sign_and_says_nothing_where_there_was_nothing(now: object, before: object, shown: str) -> None:
    assert formats.change(now, before) == shown


def test_spans_say_the_year_once() -> None:
    assert formats.span(date(2025, 10, 24), date(2025, 11, 20)) == "24 Oct – 20 Nov 2025"
    assert formats.span(date(2024, 12, 30), date(2025, 1, 5)) == "30 Dec 2024 – 5 Jan 2025"
    assert formats.span(date(2025, 11, 20), date(2025, 11, 20)) == "Thu 20 Nov 2025"


@pytest.mark.parametrize(
    "hostile", ["**bold**", "[a](http://evil.example)", "$x^2$", "<script>", "# title", "a|b", "`c`"]
)
def test_text_of_others_loses_every_markdown_mark(hostile: str) -> None:
    shown = formats.plain(hostile)
    for position, letter in enumerate(shown):
        if letter in "*[]()$<>#|`^":
            assert shown[position - 1] == "\\"


def test_text_of_others_makes_no_icon_link_or_new_line() -> None:
    shown = formats.plain(":material/bolt: :smile: http://evil.example www.evil.example a@evil.example\n# title")
    assert ":m" not in shown
    assert ":s" not in shown
    assert ":\\/" not in shown
    assert "www\\." not in shown
    assert "@e" not in shown
    assert "\n" not in shown


def test_a_downloaded_file_holds_no_formula_and_keeps_numbers() -> None:
    rows = [
        {"name": "=cmd|' /C calc'!A0", "amount": -4.5, "at": datetime(2025, 1, 2, 3, 4, tzinfo=UTC)},
        {"name": "@SUM(1)", "amount": None, "at": date(2025, 1, 2)},
        {"name": "\t=1", "amount": 2, "at": None},
        {"name": 'plain, "quoted"', "amount": 0, "at": None},
    ]
    text = formats.csv_bytes(["name", "amount", "at"], rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in read[1:]] == ["'=cmd|' /C calc'!A0", "'@SUM(1)", "'\t=1", 'plain, "quoted"']
    assert [row[1] for row in read[1:]] == ["-4.5", "", "2", "0"]
    assert read[1][2] == "2025-01-02T03:04:00+00:00"
