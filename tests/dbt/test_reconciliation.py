"""What was built, compared with a source's own totals: what counts as a difference, and where it is said to be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.checks import differences

if TYPE_CHECKING:
    from tests.dbt.conftest import Shop

TODAY = 10
_numbers = count()


def _sell(
    shop: Shop,
    day: int,
    *lines: tuple[str, float, float],
    store: str | None = "S1",
    source: str = "second",
    **ticket: object,
) -> None:
    """A ticket at three in the afternoon UTC, with lines of (line type, quantity, net), a tenth of tax on each."""
    number = f"T{next(_numbers)}"
    sold_at = ticket.pop("sold_at", f"2025-03-{day:02} 15:00:00+00")
    shop.insert("sales", {"sale_id": number, "store_id": store, "sold_at": sold_at} | ticket, source=source)
    for index, (line_type, quantity, net) in enumerate(lines):
        shop.insert(
            "sale_lines",
            {"sale_line_id": f"{number}-{index}", "sale_id": number, "store_id": store, "product_id": "A",
             "sold_at": sold_at, "quantity": quantity, "net_amount": net, "tax_amount": net / 10,
             "line_type": line_type},
            source=source,
        )  # fmt: skip


def _report(shop: Shop, day: int, store: str | None = "S1", **totals: object) -> None:
    row = {"store_id": store, "business_date": date(2025, 3, day)}
    shop.insert("reported_sales_daily", row | totals, source="second")


@pytest.fixture(scope="module")
def shop(make_second_shop: Callable[..., Shop]) -> Shop:
    shop = make_second_shop("files", "second")
    shop.insert("stores", {"store_id": "S1", "time_zone": "America/New_York", "currency": "USD"}, source="second")
    shop.insert("stores", {"store_id": "S2", "time_zone": "no/where"}, source="second")
    _sell(shop, 1, ("goods", 1, 10), source="files", store="S1")
    _sell(shop, 1, ("goods", 1, 10))  # before the days that the source reports
    _sell(shop, 3, ("goods", 2, 20), ("goods", -1, -10), ("charge", 1, 5), ("discount", 1, -2))
    _sell(shop, 3, ("goods", 1, 7), channel="order", sold_at="2025-03-04 04:30:00+00")  # still the 3rd in New York
    _report(shop, 3, tickets=2, quantity=2, net_amount=20, gross_amount=22, currency="USD")
    _sell(shop, 4, ("goods", 3, 30))
    _report(shop, 4, tickets=2, quantity=4, net_amount=41.5, gross_amount=45.65)
    _report(shop, 5, tickets=1, quantity=1, net_amount=8, gross_amount=8.8)
    _sell(shop, 6, ("goods", 1, 9))
    _sell(shop, 7, ("goods", 1, 10.004), ("goods", 1, 10.004))
    _report(shop, 7, tickets=1, quantity=2, net_amount=20)
    _sell(shop, 8, ("goods", 1, 10), status="cancelled")
    _sell(shop, 8, ("goods", 1, 10), store="S2")
    _sell(shop, 8, ("goods", 1, 10), store="GONE")
    _sell(shop, 8, ("goods", 1, 10), store=None)
    for store in ("S2", "GONE", None):
        _report(shop, 8, store, tickets=1, quantity=1, net_amount=10, gross_amount=11)
    _sell(shop, 9, ("goods", 1, 10))
    _sell(shop, 9, ("goods", 1, 90), currency="EUR")
    _report(shop, 9, tickets=1, quantity=1, net_amount=10, gross_amount=11, currency="USD")
    _report(shop, 9, tickets=1, quantity=1, net_amount=95, gross_amount=99, currency="EUR")
    _sell(shop, TODAY, ("goods", 1, 10))
    _report(shop, TODAY, tickets=7, quantity=70, net_amount=700, gross_amount=770)
    shop.insert(
        "stock_levels",
        {"store_id": "S1", "product_id": "A", "on_hand": 5},
        {"store_id": "S2", "product_id": "A", "on_hand": -2.5},
        {"store_id": "S1", "product_id": "B", "on_hand": 4},
        {"store_id": "S1", "product_id": "ONLY_HERE", "on_hand": 1},
        source="second",
    )
    shop.insert(
        "reported_stock",
        {"product_id": "A", "on_hand": 2.5},
        {"product_id": "B", "on_hand": 6},
        {"product_id": "ONLY_THERE", "on_hand": 3},
        {"product_id": "EMPTY", "on_hand": 0},
        source="second",
    )
    shop.run()
    return shop


def _found(shop: Shop, check: str) -> list[tuple[object, ...]]:
    """Day, currency, ours and theirs of each difference."""
    return shop.rows(
        "select day(business_date), currency, ours, theirs from marts.fct_reconciliation_differences"
        f" where check_name = '{check}' and source = 'second' order by all"
    )


def test_tickets_that_were_lost_or_invented_are_found_on_their_day(shop: Shop) -> None:
    assert _found(shop, "tickets_agree_with_source") == [(4, None, 1, 2), (5, None, 0, 1), (6, None, 1, 0)]


def test_quantities_are_those_of_goods_lines_with_returns_taken_off(shop: Shop) -> None:
    assert _found(shop, "quantity_agrees_with_source") == [(4, None, 3, 4), (5, None, 0, 1), (6, None, 1, 0)]


def test_money_counts_charges_and_discounts_in_each_currency_as_sold(shop: Shop) -> None:
    assert _found(shop, "net_sales_agree_with_source") == [
        (4, "USD", 30, Decimal("41.5")),
        (5, "USD", 0, 8),
        (6, "USD", 9, 0),
        (9, "EUR", 90, 95),
    ]


def test_what_a_source_cannot_say_of_a_day_is_not_compared(shop: Shop) -> None:
    # On the 7th the source has no amount with tax, on the 9th it has one in both currencies.
    assert [day for day, *_ in _found(shop, "gross_sales_agree_with_source")] == [4, 5, 6]


def test_rounding_of_a_line_is_no_difference_and_what_exceeds_it_is(shop: Shop) -> None:
    assert 7 not in [day for day, *_ in _found(shop, "net_sales_agree_with_source")]
    tolerated = shop.rows(
        "select ours - theirs, tolerance from intermediate.int_source_totals_compared"
        " where check_name = 'net_sales_agree_with_source' and day(business_date) = 7"
    )
    assert tolerated == [(Decimal("0.008"), Decimal("0.01"))]


def test_only_days_that_are_over_and_that_the_source_reports_are_compared(shop: Shop) -> None:
    days = shop.rows(
        "select distinct day(business_date) from intermediate.int_source_totals_compared"
        " where business_date is not null order by 1"
    )
    assert days == [(3,), (4,), (5,), (6,), (7,), (8,), (9,)]


def test_a_store_without_time_zone_one_that_is_gone_and_none_at_all_are_compared(shop: Shop) -> None:
    found = shop.rows(
        "select store_id, ours, theirs from intermediate.int_source_totals_compared"
        " where check_name = 'net_sales_agree_with_source' and day(business_date) = 8 order by 1"
    )
    assert found == [("second:GONE", 10, 10), ("second:S2", 10, 10), ("second:unknown", 10, 10)]


def test_stock_is_compared_by_product_over_all_stores(shop: Shop) -> None:
    found = shop.rows(
        "select product_id, ours, theirs, difference from marts.fct_reconciliation_differences"
        " where check_name = 'on_hand_agrees_with_source' order by 1"
    )
    assert found == [("second:B", 4, 6, -2), ("second:ONLY_HERE", 1, 0, 1), ("second:ONLY_THERE", 0, 3, -3)]


def test_the_summary_says_how_much_was_compared_and_that_it_only_warns(shop: Shop) -> None:
    found = shop.rows(
        "select check_name, compared, differing, largest_difference, is_invariant from marts.fct_reconciliations"
        " where check_name like '%with_source' order by 1"
    )
    assert found == [
        ("gross_sales_agree_with_source", 9, 3, Decimal("12.65"), False),
        ("net_sales_agree_with_source", 10, 4, Decimal("11.5"), False),
        ("on_hand_agrees_with_source", 5, 3, 3, False),
        ("quantity_agrees_with_source", 9, 3, 1, False),
        ("tickets_agree_with_source", 9, 3, 1, False),
    ]


def test_a_source_that_reports_no_totals_compares_nothing(shop: Shop) -> None:
    assert shop.rows(
        "select check_name from marts.fct_reconciliations where source = 'files' and check_name like '%with_source'"
    ) == []  # fmt: skip


def test_differences_from_the_source_warn_even_where_invariants_fail(shop: Shop) -> None:
    result = shop.dbt("test", "--select", "agrees_with_source")
    assert [(node.status, node.failures) for node in result.result] == [("warn", 16)]


def test_the_asset_checks_name_the_places_that_differ_most(shop: Shop) -> None:
    with duckdb.connect(str(shop.warehouse)) as connection:
        found = differences(connection, is_invariant=False)
    assert [line.split(" ", 1)[0] for line in found] == [
        "gross_sales_agree_with_source",
        "net_sales_agree_with_source",
        "on_hand_agrees_with_source",
        "quantity_agrees_with_source",
        "rates_known",  # nobody said what a euro is worth
        "tickets_agree_with_source",
    ]
    assert found[1] == (
        "net_sales_agree_with_source (second): 4 of 10 differ, by up to 11.5000; the largest: "
        "second:S1 2025-03-04 USD: 30.0 against 41.5; second:S1 2025-03-06 USD: 9.0 against 0.0; "
        "second:S1 2025-03-05 USD: 0.0 against 8.0"
    )


def test_where_an_invariant_does_not_hold_is_said_too(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.insert(
        "stock_movements",
        {"movement_id": "M1", "store_id": "S1", "product_id": "A", "quantity": 4, "movement_type": "receipt",
         "moved_at": "2025-03-01 15:00:00+00"},
    )  # fmt: skip
    shop.insert("stock_levels", {"store_id": "S1", "product_id": "A", "on_hand": 9})
    _sell(shop, 5, ("goods", 1, 10), source="files")
    (ticket,) = shop.rows("select sale_id from raw_files.sales")
    shop.insert("payments", {"payment_id": "P1", "sale_id": ticket[0], "tender": "cash", "amount": 10})
    shop.insert("loads", {"table_name": "sales", "file": "a.csv", "read": 9, "accepted": 5, "quarantined": 3})
    shop.run()
    found = shop.rows(
        "select check_name, store_id, business_date, product_id, sale_id, ours, theirs"
        " from marts.fct_reconciliation_differences order by 1"
    )
    assert found == [
        ("loads_accounted", None, None, None, None, 8, 9),
        ("movements_close", "files:S1", None, "files:A", None, 4, 9),
        ("payments_equal_totals", "files:S1", date(2025, 3, 5), None, f"files:{ticket[0]}", 10, 11),
    ]
    failing = shop.dbt("test", "--select", "movements_close", "payments_equal_totals", "loads_accounted")
    assert {node.status for node in failing.result} == {"warn"}


def test_at_most_a_thousand_differences_are_kept_the_largest(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(as_of_at=datetime.fromisoformat("2025-03-10T18:00:00+00:00"))
    shop.execute(
        "insert into raw_files.sale_lines (sale_line_id, sale_id, store_id, product_id, sold_at, quantity, net_amount,"
        " tax_amount, gross_amount) select 'L' || i, 'T' || i, 'S1', 'A', timestamptz '2025-03-05 15:00:00+00', 1, 10,"
        " 1, 11 + i from range(1, 1501) as numbers (i)"
    )
    shop.run()
    found = shop.rows(
        "select count(*), min(difference), max(difference) from marts.fct_reconciliation_differences"
        " where check_name = 'gross_is_net_plus_tax'"
    )
    assert found == [(1000, 501, 1500)]
    assert shop.value("select differing from marts.fct_reconciliations where check_name = 'gross_is_net_plus_tax'") == (
        1500
    )
