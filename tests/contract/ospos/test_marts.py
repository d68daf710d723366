"""The recorded shop from its database to the marts: every figure that its FACTS name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from retail.workspace import WorkspaceDescription, create
from tests.contract.ospos.conftest import Ospos, new_shop
from tests.mariadb import MariaDb

pytestmark = pytest.mark.xdist_group("ospos-marts")  # so that it is built once
LINES = "from staging.stg_ospos__sale_lines where sale_id = 'ospos:{}'"


@pytest.fixture(scope="module")
def built(mariadb: MariaDb, tmp_path_factory: pytest.TempPathFactory) -> Ospos:
    """The recorded shop, loaded and built once. Never changed."""
    folder = tmp_path_factory.mktemp("marts")
    described = WorkspaceDescription(kind="real", created_at=datetime(2026, 11, 20, tzinfo=UTC))
    shop = new_shop(mariadb, create(folder / "home", "shop", described))
    shop.load()
    shop.build(folder)
    return shop


def rows(shop: Ospos, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop.workspace.warehouse)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("sale", "net", "tax", "gross"),
    [
        (5, "48.70", "3.89", "52.59"),  # ten per cent off a line
        (7, "67.15", "4.71", "71.86"),  # a fixed amount off each unit
        (9, "42.75", "2.20", "44.95"),  # the customer's own discount, untaxed lines among taxed ones
        (11, "64.17", "4.43", "68.60"),  # the second location
        (13, "43.01", "0.99", "44.00"),  # paid in two ways
        (15, "26.88", "2.15", "29.03"),  # an invoice
        (17, "11.73", "0.94", "12.67"),  # a kit, whose components cost nothing
        (192, "-11.73", "-0.94", "-12.67"),  # the kit brought back
        (193, "-26.61", "-2.13", "-28.74"),  # one line brought back
        (215, "13.2114", "0.3586", "13.57"),  # tax within the price, of one line of two
        (216, "71.4628", "5.7172", "77.18"),  # tax within the price, and ten per cent off
    ],
)
def test_each_recorded_sale_has_its_amounts_to_the_cent(
    built: Ospos, sale: int, net: str, tax: str, gross: str
) -> None:
    amounts = "sum(net_amount), sum(tax_amount), sum(gross_amount)"
    assert rows(built, f"select {amounts} {LINES.format(sale)}") == [(Decimal(net), Decimal(tax), Decimal(gross))]
    assert rows(built, f"select net_amount, gross_amount from marts.fct_sales where sale_id = 'ospos:{sale}'") == [
        (Decimal(net), Decimal(gross))
    ]


@pytest.mark.parametrize(("sale", "status"), [(198, "draft"), (199, "draft"), (200, "draft"), (181, "cancelled")])
def test_suspended_sales_quotes_work_orders_and_cancelled_sales_are_kept_and_never_count(
    built: Ospos, sale: int, status: str
) -> None:
    assert rows(built, f"select status from staging.stg_ospos__sales where sale_id = 'ospos:{sale}'") == [(status,)]
    assert rows(built, f"select count(*) {LINES.format(sale)}") != [(0,)]
    for fact in ("fct_sales", "fct_sale_lines", "fct_payments"):
        assert rows(built, f"select count(*) from marts.{fact} where sale_id = 'ospos:{sale}'") == [(0,)]


def test_returns_are_tickets_of_their_own_with_units_that_come_back(built: Ospos) -> None:
    assert rows(built, "select is_return_only, units_returned from marts.fct_sales where sale_id = 'ospos:192'") == [
        (True, Decimal(4))
    ]


def test_every_line_of_a_kit_counts_for_its_own_item_and_once(built: Ospos) -> None:
    sql = "select product_id, units_sold, net_amount from marts.fct_sale_lines where sale_id = 'ospos:17' order by 1"
    assert rows(built, sql) == [
        ("ospos:2", 1, Decimal("11.73")),
        ("ospos:3", 2, Decimal(0)),
        ("ospos:4", 1, Decimal(0)),
    ]


def test_discounts_are_without_tax_and_positive(built: Ospos) -> None:
    lines = "('ospos:5:18:1', 'ospos:7:18:1', 'ospos:216:9:1')"
    sql = f"select sale_line_id, discount_amount from staging.stg_ospos__sale_lines where sale_line_id in {lines}"
    assert rows(built, f"{sql} order by 1") == [
        ("ospos:216:9:1", Decimal("4.3704")),  # 4.72 with 8% in it
        ("ospos:5:18:1", Decimal("3.51")),
        ("ospos:7:18:1", Decimal("3.00")),
    ]


def test_payments_are_less_the_change_and_dated_by_their_sale(built: Ospos) -> None:
    sql = "select tender, amount, paid_at from staging.stg_ospos__payments where sale_id = 'ospos:13' order by 1"
    sold_at = datetime(2026, 9, 24, 22, 47, 23, tzinfo=UTC)  # 18:47:23 in New York
    assert rows(built, sql) == [("Cash", Decimal(34), sold_at), ("Debit Card", Decimal(10), sold_at)]


def test_a_sale_belongs_to_the_day_on_the_shops_own_clock(built: Ospos) -> None:
    sql = "select sold_at, business_date, hour, store_id from marts.fct_sales where sale_id = 'ospos:188'"
    assert rows(built, sql) == [(datetime(2026, 11, 12, 23, 34, 28, tzinfo=UTC), date(2026, 11, 12), 18, "ospos:1")]
    assert rows(built, "select store_id from marts.fct_sales where sale_id = 'ospos:11'") == [("ospos:2",)]


def test_the_whole_shop_adds_up_to_what_the_database_says(built: Ospos) -> None:
    price = "quantity_purchased * item_unit_price"
    ((gross, units),) = built.execute(
        f"select sum(case discount_type when 0 then {price} - round({price} * discount / 100, 2)"
        " else quantity_purchased * (item_unit_price - discount) end), sum(quantity_purchased)"
        " from ospos_sales_items join ospos_sales using (sale_id) where sale_status = 0"
    )
    ((included, added),) = built.execute(
        "select sum(if(tax_type = 0, item_tax_amount, 0)), sum(if(tax_type = 1, item_tax_amount, 0))"
        " from ospos_sales_items_taxes join ospos_sales using (sale_id) where sale_status = 0"
    )
    sums = "sum(net_amount), sum(gross_amount), sum(units_net), count(distinct sale_id)"
    ((tickets,),) = built.execute("select count(*) from ospos_sales where sale_status = 0")
    assert rows(built, f"select {sums} from marts.fct_sale_lines") == [
        (gross - included, gross + added, units, tickets)
    ]
    ((paid,),) = built.execute(
        "select sum(payment_amount - cash_refund) from ospos_sales_payments join ospos_sales using (sale_id)"
        " where sale_status = 0"
    )
    assert rows(built, "select sum(amount) from marts.fct_payments") == [(paid,)]


def test_the_databases_own_totals_agree_day_by_day_and_product_by_product(built: Ospos) -> None:
    ours = (
        "select store_id, business_date, count(distinct sale_id), sum(quantity), sum(net_amount), sum(gross_amount)"
        " from marts.fct_sale_lines group by all order by all"
    )
    theirs = (
        "select store_id, business_date, tickets, quantity, net_amount, gross_amount"
        " from staging.stg_ospos__reported_sales_daily order by all"
    )
    found = rows(built, ours)
    assert len(found) > 50
    assert found == rows(built, theirs)
    stock = "select product_id, sum(on_hand) from marts.fct_stock_levels group by all order by all"
    assert rows(built, stock) == rows(
        built, "select product_id, on_hand from staging.stg_ospos__reported_stock order by all"
    )


def test_movements_are_typed_by_the_log_and_by_the_receivings(built: Ospos) -> None:
    sql = (
        "select movement_id, movement_type, quantity, reason from staging.stg_ospos__stock_movements"
        " where split_part(movement_id, ':', 2)::int in (1, 2, 491, 493, 494, 495, 497, 498, 499, 500) order by 1"
    )
    assert rows(built, sql) == [
        ("ospos:1", "opening", 40, None),
        ("ospos:2", "opening", 15, None),
        ("ospos:491", "sale", 1, "sale deleted"),
        ("ospos:493", "adjustment", -4, None),
        ("ospos:494", "adjustment", -16, "item deleted"),
        ("ospos:495", "receipt", 18, None),
        ("ospos:497", "receipt", 120, None),
        ("ospos:498", "transfer_in", 4, None),
        ("ospos:499", "transfer_out", -4, None),
        ("ospos:500", "receipt", -12, "returned to supplier"),
    ]


def test_the_row_of_an_items_deletion_is_dated_by_the_servers_clock(built: Ospos) -> None:
    sql = "select moved_at from staging.stg_ospos__stock_movements where movement_id in ('ospos:493', 'ospos:494')"
    assert rows(built, f"{sql} order by 1") == [
        (datetime(2026, 11, 20, 4, 11, 50, tzinfo=UTC),),
        (datetime(2026, 11, 20, 4, 11, 50, tzinfo=UTC),),
    ]


def test_receipts_are_in_units_and_neither_transfers_nor_returns(built: Ospos) -> None:
    sql = "select receipt_id, store_id, product_id, quantity, unit_cost from staging.stg_ospos__receipts order by 1"
    assert rows(built, sql) == [
        ("ospos:1:1:1", "ospos:1", "ospos:1", 18, Decimal("5.52")),
        ("ospos:1:2:2", "ospos:1", "ospos:2", 12, Decimal("8.03")),
        ("ospos:2:5:1", "ospos:1", "ospos:5", 120, Decimal("5.93")),
    ]


def test_a_deleted_item_has_other_stock_than_its_movements_say_and_that_fails_nothing(built: Ospos) -> None:
    sql = (
        "select product_id, store_id from staging.stg_ospos__stock_levels as levels"
        " where on_hand <> (select sum(quantity) from staging.stg_ospos__stock_movements as moved"
        " where moved.product_id = levels.product_id and moved.store_id = levels.store_id) order by 1"
    )
    assert rows(built, sql) == [("ospos:21", "ospos:2"), ("ospos:22", "ospos:2")]
    sql = "select differing from marts.fct_reconciliations where check_name = 'movements_close'"
    assert rows(built, sql) == [(2,)]


def test_masters_keep_what_was_deleted(built: Ospos) -> None:
    sql = "select product_id, is_active from staging.stg_ospos__products where not is_active order by 1"
    assert rows(built, sql) == [("ospos:21", False), ("ospos:22", False)]
    sql = "select is_stocked, tax_rate from staging.stg_ospos__products where product_id in ('ospos:24', 'ospos:1')"
    assert rows(built, f"{sql} order by 1") == [(False, Decimal("0.08")), (True, Decimal(0))]
    assert rows(built, "select name from staging.stg_ospos__suppliers order by 1") == [
        ("Acme Wholesale",),
        ("Fresh Foods Ltd",),
        ("Tools Inc",),
    ]
    sql = "select supplier_id, pack_size, unit_cost, lead_time_days from staging.stg_ospos__supplier_terms"
    assert rows(built, f"{sql} where product_id = 'ospos:1'") == [("ospos:3", 6, Decimal("5.52"), None)]


def test_what_ospos_has_not_is_declared(built: Ospos) -> None:
    sql = "select table_name from staging.stg_ospos__capabilities where not is_available order by 1"
    assert [name for (name,) in rows(built, sql)] == [
        "exchange_rates",
        "prices",
        "promotions",
        "purchase_order_lines",
        "purchase_orders",
    ]


def test_customers_are_hashes_and_cashiers_are_numbers(built: Ospos) -> None:
    sql = "select customer_id, joined_date, name, email, has_marketing_consent from staging.stg_ospos__customers"
    assert rows(built, f"{sql} order by 1 desc limit 1") == [("ospos:9", date(2026, 11, 19), None, None, True)]
    assert rows(built, "select distinct cashier from marts.fct_sales") == [("1",)]
