"""Two systems side by side, and rows as real systems have them: nothing clashes, nothing explodes, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbt.conftest import Shop

MARTS = (
    "fct_sale_lines",
    "fct_sales",
    "fct_payments",
    "fct_sales_daily",
    "fct_stock_daily",
    "fct_stock_levels",
    "fct_data_health",
    "fct_reconciliations",
    "dim_stores",
    "dim_products",
    "dim_capabilities",
)


def _fill(shop: Shop, source: str, price: float) -> None:
    """A little of everything, under the same ids in every source."""
    shop.insert("stores", {"store_id": "1", "name": "Main", "time_zone": "America/New_York"}, source=source)
    shop.insert("products", {"product_id": "1", "sku": "A", "name": "Tea"}, source=source)
    shop.insert("suppliers", {"supplier_id": "1", "name": "Van"}, source=source)
    shop.insert("supplier_terms", {"supplier_id": "1", "product_id": "1", "lead_time_days": 3}, source=source)
    contact = {"name": "Ada Lane", "email": "ada@example.com", "email_hash": "0badc0de"}
    shop.insert("customers", {"customer_id": "1"} | contact, source=source)
    shop.insert(
        "sales",
        {"sale_id": "1", "store_id": "1", "customer_id": "1", "sold_at": "2025-03-05 15:00:00+00"},
        {"sale_id": "2", "store_id": "1", "customer_id": "1", "sold_at": "2025-03-06 15:00:00+00"},
        source=source,
    )
    for ticket, day in (("1", 5), ("2", 6)):
        shop.insert(
            "sale_lines",
            {"sale_line_id": ticket, "sale_id": ticket, "store_id": "1", "product_id": "1", "quantity": 1,
             "sold_at": f"2025-03-{day:02} 15:00:00+00", "net_amount": price, "tax_amount": 0},
            source=source,
        )  # fmt: skip
    shop.insert(
        "stock_movements",
        {"movement_id": "1", "store_id": "1", "product_id": "1", "quantity": 9, "movement_type": "opening",
         "moved_at": "2025-03-01 15:00:00+00"},
        source=source,
    )  # fmt: skip
    shop.insert("stock_levels", {"store_id": "1", "product_id": "1", "on_hand": 9}, source=source)
    shop.insert("capabilities", {"table_name": "sale_lines", "is_available": True}, source=source)
    shop.insert("capabilities", {"table_name": "receipts", "is_available": False, "note": "no right"}, source=source)


@pytest.fixture(scope="module")
def both(make_second_shop: Callable[..., Shop]) -> Shop:
    shop = make_second_shop("files", "second")
    _fill(shop, "files", 10)
    _fill(shop, "second", 100)
    shop.insert("payments", {"payment_id": "1", "sale_id": "1", "tender": "cash", "amount": 10})
    result = shop.dbt("build")
    assert result.success, [node.message for node in result.result if node.status not in {"success", "pass"}]
    assert [node.node.name for node in result.result if node.status == "warn"] == []
    return shop


def test_the_same_ids_in_two_systems_are_two_things(both: Shop) -> None:
    assert both.rows("select sale_id, net_amount from marts.fct_sales order by 1") == [
        ("files:1", 10),
        ("files:2", 10),
        ("second:1", 100),
        ("second:2", 100),
    ]
    assert both.rows("select product from marts.dim_products order by 1") == [("Tea (files:1)",), ("Tea (second:1)",)]
    assert both.rows("select store from marts.dim_stores order by 1") == [("Main (files:1)",), ("Main (second:1)",)]
    assert both.value("select count(*) from marts.fct_stock_levels") == 2


def test_totals_add_up_over_systems(both: Shop) -> None:
    assert both.value("select sum(net_amount) from marts.fct_sale_lines") == 220
    assert both.value("select sum(on_hand) from marts.fct_stock_levels") == 18


def test_a_source_that_lacks_a_table_contributes_nothing_to_it(both: Shop) -> None:
    assert both.rows("select distinct source from marts.fct_payments") == [("files",)]
    assert both.rows("select payments_amount from marts.fct_sales where source = 'second'") == [(None,), (None,)]


def test_what_each_source_has_and_lacks_is_said_apart(both: Shop) -> None:
    found = both.rows("select source, table_name, note from marts.dim_capabilities where not is_available order by 1")
    assert found == [("files", "receipts", "no right"), ("second", "receipts", "no right")]
    assert both.value("select count(distinct source) from marts.fct_data_health where row_count > 0") == 2


def test_nothing_of_a_customers_contacts_is_published_not_even_a_hash(both: Shop) -> None:
    columns = both.rows("select table_name, column_name from duckdb_columns() where schema_name = 'marts'")
    for table, column in columns:
        found = both.value(
            f"select count(*) from marts.{table} where regexp_matches(cast({column} as varchar), 'Ada|ada@|0badc0de')"
        )
        assert (table, column, found) == (table, column, 0)


def _contents(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    return {mart: shop.rows(f"from marts.{mart} order by all") for mart in MARTS}


def test_a_source_may_come_later_and_may_go_again(make_second_shop: Callable[..., Shop]) -> None:
    shop = make_second_shop("files")
    _fill(shop, "files", 10)
    shop.run()
    alone = _contents(shop)
    later = make_second_shop("files", "second", on=shop)
    _fill(later, "second", 100)
    later.run()
    assert later.value("select sum(net_amount) from marts.fct_sale_lines") == 220
    together = _contents(later)
    later.run("--full-refresh")
    assert _contents(later) == together
    again = make_second_shop("files", on=shop)
    again.run()
    assert _contents(again) == alone


def test_the_order_in_which_sources_are_listed_changes_nothing(
    both: Shop, make_second_shop: Callable[..., Shop]
) -> None:
    other = make_second_shop("second", "files", on=both)
    before = _contents(both)
    other.run()
    assert _contents(other) == before


@pytest.fixture(scope="module")
def strange(make_shop: Callable[..., Shop]) -> Shop:
    """Moments from before and after everything, stock below nothing, deleted stores and products."""
    shop = make_shop()
    shop.insert("stores", {"store_id": "S1", "time_zone": "America/New_York"})
    moments = {
        "OLD": "1970-01-01 00:00:00+00", "ANCIENT": "0001-01-02 00:00:00+00", "NOW": "2025-03-05 15:00:00+00",
        "FUTURE": "9999-12-31 00:00:00+00",
    }  # fmt: skip
    for ticket, moment in moments.items():
        shop.insert("sales", {"sale_id": ticket, "store_id": "S1", "sold_at": moment})
        shop.insert(
            "sale_lines",
            {"sale_line_id": ticket, "sale_id": ticket, "product_id": "A", "quantity": 1, "net_amount": 10,
             "sold_at": moment},
        )  # fmt: skip
    shop.insert("sales", {"sale_id": "NOWHERE", "sold_at": "2025-03-06 15:00:00+00"})
    shop.insert("sales", {"sale_id": "DELETED", "store_id": "GONE", "sold_at": "2025-03-06 15:00:00+00"})
    for ticket, product in (("NOWHERE", None), ("DELETED", "GONE")):
        shop.insert(
            "sale_lines",
            {"sale_line_id": ticket, "sale_id": ticket, "product_id": product, "quantity": 2, "net_amount": 7,
             "sold_at": "2025-03-06 15:00:00+00"},
        )  # fmt: skip
    movements = [
        ("A", "1970-01-01 00:00:00+00", 5, "receipt"),
        ("A", "2025-03-05 15:00:00+00", -1, "sale"),
        ("A", "9999-12-31 00:00:00+00", 50, "receipt"),
        ("A", None, 3, "adjustment"),
        ("NEGATIVE", "2024-09-02 15:00:00+00", -3, "sale"),
        ("NEGATIVE", "2025-03-05 15:00:00+00", -1, "adjustment"),
        ("COUNTED", "2025-03-05 15:00:00+00", 5, "adjustment"),
        ("COUNTED", "2025-03-05 15:00:00+00", -5, "adjustment"),
    ]
    for number, (product, moment, quantity, kind) in enumerate(movements):
        shop.insert(
            "stock_movements",
            {"movement_id": str(number), "store_id": "S1", "product_id": product, "moved_at": moment,
             "quantity": quantity, "movement_type": kind},
        )  # fmt: skip
    shop.insert("stock_levels", {"store_id": "S1", "product_id": "NEVER_MOVED", "on_hand": 6})
    shop.insert("stock_levels", {"store_id": "S1", "product_id": "NEGATIVE", "on_hand": -4})
    result = shop.dbt("build")
    assert result.success, [node.message for node in result.result if node.status not in {"success", "pass"}]
    return shop


def test_sales_of_deleted_and_of_no_stores_and_products_count(strange: Shop) -> None:
    found = strange.rows(
        "select sale_id, store_id, product_id, net_amount from marts.fct_sale_lines where net_amount = 7 order by 1"
    )
    assert found == [
        ("files:DELETED", "files:GONE", "files:GONE", 7),
        ("files:NOWHERE", "files:unknown", "files:unknown", 7),
    ]
    assert strange.value("select store from marts.dim_stores where store_id = 'files:unknown'") == "unknown"


def test_moments_outside_every_calendar_count_on_their_day_without_filling_the_days_between(strange: Shop) -> None:
    assert strange.value("select sum(net_amount) from marts.fct_sales") == 54
    days = strange.rows("select min(date_day), max(date_day), count(*) from marts.dim_dates")
    assert days[0][:2] == (date(1, 1, 1), date(9999, 12, 30))
    assert days[0][2] < 60_000
    assert strange.value(
        "select count(*) from marts.fct_sales as sales left join marts.dim_dates on business_date = date_day"
        " where date_day is null"
    ) == 0  # fmt: skip


def test_daily_stock_begins_ten_years_back_with_all_that_came_before(strange: Shop) -> None:
    found = strange.rows(
        "select min(business_date), count(*), min_by(opening, business_date), max_by(on_hand, business_date)"
        " from marts.fct_stock_daily where product_id = 'files:A'"
    )
    # 5 that moved in 1970 and 3 that nobody dated; the receipt of the year 9999 is not there yet.
    assert found == [(date(2015, 1, 1), (date(2025, 3, 10) - date(2015, 1, 1)).days + 1, 8, 7)]


def test_stock_below_nothing_and_stock_that_never_moved_stay_as_the_source_says(strange: Shop) -> None:
    assert strange.rows(
        "select product_id, on_hand from marts.fct_stock_levels where product_id like '%NE%' order by 1"
    ) == [
        ("files:NEGATIVE", -4),
        ("files:NEVER_MOVED", 6),
    ]
    assert strange.value("select count(*) from marts.fct_stock_daily where product_id = 'files:NEVER_MOVED'") == 0
    # Less than nothing is no stock: ninety days after its last sale a product is off the range.
    days = strange.rows(
        "select business_date, opening, on_hand from marts.fct_stock_daily where product_id = 'files:NEGATIVE'"
        " order by business_date"
    )
    assert len(days) == 91
    assert days[0] == (date(2024, 9, 2), 0, -3)
    assert days[-2:] == [(date(2024, 11, 30), -3, -3), (date(2025, 3, 5), -3, -4)]
    assert strange.value("select count(*) from marts.fct_stock_daily where product_id = 'files:COUNTED'") == 0


def test_books_that_do_not_close_warn_and_fail_only_where_that_is_asked(
    strange: Shop, tmp_path: Path, make_shop: Callable[..., Shop]
) -> None:
    strict = make_shop(TILLSIGHT_INVARIANTS="error")
    strange.copy_to(strict.warehouse)
    strict.execute("update raw_files.stock_levels set on_hand = 1 where product_id = 'NEGATIVE'")
    strict.run()
    outcomes = {node.status for node in strict.dbt("test", "--select", "movements_close").result}
    assert outcomes == {"fail"}
    lenient = make_shop()
    strict.copy_to(lenient.warehouse)
    assert {node.status for node in lenient.dbt("test", "--select", "movements_close").result} == {"warn"}
