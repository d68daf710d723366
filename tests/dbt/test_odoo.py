"""What Odoo's documents mean: the same business on every version, with every trap, projected to the retail model."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from dbt.contracts.graph.manifest import Manifest

from connectors.contacts import ContactHasher
from connectors.incremental import TableReader
from connectors.incremental.bookkeeping import SYSTEM_TABLES
from connectors.incremental.rows import arrow_schema
from connectors.odoo.login import connect
from connectors.odoo.opened import open_database
from connectors.odoo.settings import OdooSource
from tests.contract.odoo.fake_odoo import DATABASE, KEY, USER, VERSIONS, FakeOdoo
from tests.contract.odoo.shop import furnished
from tests.dbt.conftest import Shop, parse

SOURCE = OdooSource(type="odoo", url="https://odoo.example", database=DATABASE, user=USER)
STAGED = ("--select", "path:models/staging/odoo")


@pytest.fixture(scope="session")
def odoo_manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return parse(tmp_path_factory.mktemp("dbt"), ["odoo"])


def filled(folder: Path, manifest: Manifest, fake: FakeOdoo) -> Shop:
    """A warehouse with the raw tables of a server, as a first load leaves them."""
    shop = Shop(folder, manifest, sources=("odoo",))
    client = connect(SOURCE, KEY, transport=fake.transport(), wait_seconds=0)
    opened = open_database(client, SOURCE, ContactHasher(b"k" * 32), "UTC")
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("set timezone = 'UTC'; create schema raw_odoo")
        for reader in opened.readers:
            rows = everything(reader)
            connection.execute(f"create table raw_odoo.{reader.table.name} as select * from rows")
            assert (
                len(rows) == connection.execute(f"select count(*) from raw_odoo.{reader.table.name}").fetchall()[0][0]
            )
        for name, columns in SYSTEM_TABLES.items():
            empty = arrow_schema(columns).empty_table()
            assert not len(empty)
            connection.execute(f"create table raw_odoo.{name} as select * from empty")
    shop.set_workspace(None)
    return shop


def everything(reader: TableReader) -> pa.Table:
    batches = list(reader.read() if reader.table.strategy == "whole" else reader.first_load(None))
    assert not [rejected for batch in batches for rejected in batch.rejected]
    return pa.concat_tables([arrow_schema(reader.table.columns).empty_table(), *(batch.rows for batch in batches)])


@pytest.fixture(scope="session", params=VERSIONS)
def staged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, odoo_manifest: Manifest) -> Shop:
    """The business as staging says it, on one version."""
    shop = filled(tmp_path_factory.mktemp("odoo"), odoo_manifest, furnished(request.param))
    shop.run(*STAGED)
    return shop


@pytest.fixture
def major(staged: Shop, request: pytest.FixtureRequest) -> int:
    return int(str(request.node.callspec.params["staged"]).split(".")[0])


def rows(shop: Shop, sql: str) -> list[tuple[Any, ...]]:
    """Rows with decimals as floats."""
    return [
        tuple(float(value) if hasattr(value, "as_tuple") else value for value in row)
        for row in shop.rows(sql.replace(" odoo__", " staging.stg_odoo__"))
    ]


def lines_of(shop: Shop, sale: str) -> list[tuple[Any, ...]]:
    return rows(
        shop,
        "select product_id, quantity, net_amount, tax_amount, gross_amount, line_type from odoo__sale_lines"
        f" where sale_id = 'odoo:{sale}' order by sale_line_id",
    )


def test_stores_are_warehouses_with_the_clock_of_their_company(staged: Shop) -> None:
    assert rows(staged, "select store_id, name, time_zone, currency, country from odoo__stores order by 1") == [
        ("odoo:1", "Store 1", "America/New_York", "USD", "US"),
        ("odoo:2", "Store 2", "Europe/Paris", "EUR", "FR"),
    ]


def test_products_are_variants_archived_ones_too(staged: Shop) -> None:
    found = rows(
        staged,
        "select product_id, sku, barcode, name, category_path, unit, list_price, cost, tax_rate, is_stocked, is_active,"
        " variant_of, kind from odoo__products where product_id in"
        " ('odoo:1', 'odoo:2', 'odoo:6', 'odoo:10') order by product_id",
    )
    path = "All > Pens / Pencils"
    shirt = "odoo:template-2"
    assert found == [
        ("odoo:1", "PEN", "4006381333931", "Pen", path, "Units", 1.2, 0.5, 0.15, True, True, None, "goods"),
        ("odoo:10", "CHAIR", None, "Old chair", path, "Units", 100.0, 0.0, None, True, False, None, "goods"),
        ("odoo:2", "TS-S", None, "T-shirt (S)", path, "Units", 30.0, 0.0, None, True, True, shirt, "goods"),
        ("odoo:6", None, None, "Tip", path, "Units", 1.0, 0.0, None, False, True, None, "charge"),
    ]


def test_paid_done_and_invoiced_tickets_are_completed_and_nothing_else(staged: Shop, major: int) -> None:
    found = dict(rows(staged, "select sale_id, status from odoo__sales where channel = 'pos'"))
    counted = {1, 2, 3, 6, 7, 12} | ({8, 9, 13} if major >= 15 else set()) | ({10} if major >= 17 else set())
    assert {sale for sale, status in found.items() if status == "completed"} == {f"odoo:pos-{one}" for one in counted}
    assert found["odoo:pos-4"] == "draft"
    assert found["odoo:pos-5"] == "cancelled"


def test_a_ticket_has_the_store_and_currency_of_its_till_and_the_time_that_the_till_says(staged: Shop) -> None:
    found = rows(
        staged,
        "select sale_id, store_id, strftime(sold_at, '%Y-%m-%d %H:%M:%S'), currency, register from odoo__sales"
        " where sale_id in ('odoo:pos-1', 'odoo:pos-6', 'odoo:pos-7') order by 1",
    )
    assert found == [
        ("odoo:pos-1", "odoo:1", "2026-02-20 23:30:00", "USD", "Till 1"),
        ("odoo:pos-6", "odoo:1", "2026-02-01 10:00:00", "USD", "Till 1"),
        ("odoo:pos-7", "odoo:2", "2026-02-21 23:30:00", "EUR", "Till 2"),
    ]


def test_discounts_are_worked_out_without_tax(staged: Shop) -> None:
    assert rows(
        staged,
        "select net_amount, discount_amount, unit_price from odoo__sale_lines where sale_line_id = 'odoo:pos-line-11'",
    ) == [(90.0, 10.0, 100.0)]


def test_cost_is_that_of_the_sale_where_odoo_keeps_it(staged: Shop, major: int) -> None:
    cost = rows(staged, "select unit_cost from odoo__sale_lines where sale_line_id = 'odoo:pos-line-11'")
    assert cost == [(40.0 if major >= 15 else None,)]


def test_tips_are_charges_and_rewards_discounts(staged: Shop, major: int) -> None:
    reward = [("odoo:8", 1.0, -6.0, -0.9, -6.9, "discount")] if major >= 15 else []
    assert lines_of(staged, "pos-2") == [
        ("odoo:2", 2.0, 60.0, 9.0, 69.0, "goods"),
        ("odoo:6", 1.0, 5.0, 0.0, 5.0, "charge"),
        *reward,
    ]


def test_a_refund_is_negative_whatever_the_sign_of_its_amounts(staged: Shop) -> None:
    assert lines_of(staged, "pos-3") == [("odoo:1", -1.0, -1.2, -0.18, -1.38, "goods")]


def test_what_a_till_settles_of_a_sale_order_counts_with_the_order_alone(staged: Shop, major: int) -> None:
    assert lines_of(staged, "order-1") == [("odoo:1", 12.0, 14.4, 2.16, 16.56, "goods")]
    if major >= 15:
        assert lines_of(staged, "pos-8") == [
            ("odoo:1", 12.0, 14.4, 2.16, 16.56, "adjustment"),
            ("odoo:3", 1.0, 30.0, 4.5, 34.5, "goods"),
        ]


def test_a_refund_of_what_was_settled_is_a_return(staged: Shop, major: int) -> None:
    refund = ("odoo:1", -2.0, -2.4, -0.36, -2.76, "goods")
    assert lines_of(staged, "pos-13") == ([refund] if major >= 15 else [])


def test_a_down_payment_for_an_order_that_does_not_count_is_a_charge(staged: Shop, major: int) -> None:
    assert lines_of(staged, "pos-9") == ([("odoo:7", 1.0, 20.0, 0.0, 20.0, "charge")] if major >= 15 else [])


def test_the_parts_of_a_menu_carry_its_goods(staged: Shop, major: int) -> None:
    if major >= 17:
        menu = ("odoo:5", 1.0, 0.0, 0.0, 0.0, "adjustment")
        assert lines_of(staged, "pos-10") == [menu, ("odoo:1", 1.0, 1.0, 0.15, 1.15, "goods")]


def test_sale_orders_count_once_confirmed_in_the_products_own_unit(staged: Shop) -> None:
    assert rows(
        staged,
        "select sale_id, store_id, channel, status, currency from odoo__sales where channel <> 'pos' order by 1",
    ) == [
        ("odoo:order-1", "odoo:1", "order", "completed", "USD"),
        ("odoo:order-2", "odoo:1", "order", "draft", "USD"),
        ("odoo:order-3", "odoo:1", "order", "completed", "USD"),
        ("odoo:order-4", "odoo:1", "order", "cancelled", "USD"),
        ("odoo:order-5", "odoo:2", "online", "completed", "EUR"),
    ]
    assert lines_of(staged, "order-3") == [
        ("odoo:4", 0.5, 2.0, 0.3, 2.3, "goods"),
        ("odoo:9", 1.0, 7.5, 0.0, 7.5, "charge"),
        ("odoo:7", 0.0, 0.0, 0.0, 0.0, "charge"),
    ]
    assert rows(staged, "select unit_price from odoo__sale_lines where sale_id = 'odoo:order-1'") == [(1.2,)]


def test_payments_hold_change_and_customer_accounts(staged: Shop) -> None:
    assert rows(
        staged,
        "select sale_id, tender, amount, currency from odoo__payments"
        " where sale_id in ('odoo:pos-1', 'odoo:pos-6') order by payment_id",
    ) == [
        ("odoo:pos-1", "Cash", 100.0, "USD"),
        ("odoo:pos-1", "Cash", -5.86, "USD"),
        ("odoo:pos-6", "Customer Account", 2.76, "USD"),
    ]


def test_stock_is_every_quant_of_internal_locations(staged: Shop) -> None:
    found = rows(staged, "select store_id, product_id, on_hand, reserved from odoo__stock_levels order by 1, 2")
    used_up = ("odoo:1", "odoo:3", 0.0, 0.0)
    assert found == [
        ("odoo:1", "odoo:1", 53.0, 5.0),
        ("odoo:1", "odoo:2", 7.0, 0.0),
        used_up,
        ("odoo:2", "odoo:1", -4.0, 0.0),
    ]


def test_movements_say_which_way_and_why(staged: Shop) -> None:
    found = rows(
        staged,
        "select movement_id, store_id, quantity, movement_type, strftime(moved_at, '%Y-%m-%d %H')"
        " from odoo__stock_movements where product_id = 'odoo:1'"
        " order by cast(split_part(movement_id, ':', 2) as integer), 1",
    )
    assert found == [
        ("odoo:1", "odoo:1", 24.0, "receipt", "2026-02-10 09"),
        ("odoo:2", "odoo:1", -3.0, "sale", "2026-02-20 23"),
        ("odoo:3", "odoo:1", 1.0, "return", "2026-02-15 12"),
        ("odoo:4", "odoo:1", -2.0, "shrinkage", "2026-02-15 12"),
        ("odoo:5", "odoo:1", 4.0, "adjustment", "2026-02-15 12"),
        ("odoo:6:in", "odoo:2", 5.0, "transfer_in", "2026-02-15 12"),
        ("odoo:6:out", "odoo:1", -5.0, "transfer_out", "2026-02-15 12"),
        ("odoo:9", "odoo:1", -1.0, "receipt", "2026-02-11 09"),
        ("odoo:10", "odoo:1", -2.0, "transfer_out", "2026-02-15 12"),
    ]


def test_purchases_are_open_until_nothing_more_will_come(staged: Shop) -> None:
    orders = rows(
        staged,
        "select purchase_order_id, supplier_id, store_id, status, strftime(ordered_at, '%Y-%m-%d'),"
        " strftime(expected_at, '%Y-%m-%d'), currency from odoo__purchase_orders order by 1",
    )
    assert orders == [
        ("odoo:1", "odoo:11", "odoo:1", "open", "2026-02-08", "2026-02-12", "USD"),
        ("odoo:2", "odoo:11", "odoo:1", "draft", "2026-02-07", "2026-02-12", "USD"),
        ("odoo:3", "odoo:11", "odoo:1", "closed", "2026-02-08", "2026-02-12", "USD"),
        ("odoo:4", "odoo:11", "odoo:1", "cancelled", "2026-02-07", "2026-02-12", "USD"),
    ]
    lines = rows(
        staged, "select purchase_order_line_id, quantity, unit_cost from odoo__purchase_order_lines order by 1"
    )
    assert lines == [("odoo:1", 36.0, 0.5), ("odoo:2", 5.0, 9.0)]


def test_receipts_are_in_the_products_own_unit_and_returns_to_the_supplier_negative(staged: Shop) -> None:
    found = rows(
        staged,
        "select receipt_id, purchase_order_line_id, store_id, quantity, unit_cost, strftime(received_at, '%Y-%m-%d')"
        " from odoo__receipts order by receipt_id",
    )
    assert found == [
        ("odoo:1", "odoo:1", "odoo:1", 24.0, 0.5, "2026-02-10"),
        ("odoo:11", "odoo:2", "odoo:1", 5.0, 9.0, "2026-02-15"),
        ("odoo:9", "odoo:1", "odoo:1", -1.0, 0.5, "2026-02-11"),
    ]


def test_terms_are_per_unit_and_a_delay_of_nothing_is_no_promise(staged: Shop) -> None:
    found = rows(
        staged,
        "select supplier_id, product_id, lead_time_days, moq, pack_size, unit_cost, is_preferred"
        " from odoo__supplier_terms order by 1, 2",
    )
    assert found == [
        ("odoo:11", "odoo:1", 3, 12.0, 12.0, 0.5, True),
        ("odoo:12", "odoo:2", None, None, None, 9.0, True),
    ]
    assert rows(staged, "select supplier_id, name, currency from odoo__suppliers order by 1") == [
        ("odoo:11", "Wood Corner", "USD"),
        ("odoo:12", "Small Maker", "USD"),
    ]


def test_customers_are_those_who_bought_and_hashes_stand_for_their_contacts(staged: Shop) -> None:
    assert rows(staged, "select customer_id, name, email, phone from odoo__customers") == [
        ("odoo:10", None, None, None)
    ]
    ((email, phone),) = rows(staged, "select email_hash, phone_hash from odoo__customers")
    assert len(email) == len(phone) == 32
    assert email != hashlib.sha256(b"jane@example.com").hexdigest()[:32]


def test_rates_are_from_the_companys_currency(staged: Shop) -> None:
    found = rows(staged, "select rate_date, from_currency, to_currency, rate from odoo__exchange_rates order by 2")
    assert found == [(date(2026, 1, 1), "EUR", "USD", 1.25), (date(2026, 1, 1), "USD", "EUR", 0.8)]


def test_promotions_are_loyalty_programmes(staged: Shop, major: int) -> None:
    found = rows(staged, "select promotion_id, name, kind, discount_rate from odoo__promotions")
    assert found == ([("odoo:1", "10% off", "promo_code", 0.1)] if major >= 15 else [])
    if major >= 15:
        promoted = "select promotion_id from odoo__sale_lines where sale_line_id = 'odoo:pos-line-22'"
        assert rows(staged, promoted) == [("odoo:1",)]


def test_odoos_own_totals_are_those_of_what_counts(staged: Shop) -> None:
    """By store and local day: a ticket after midnight in London belongs to the evening before in New York."""
    reported = rows(
        staged,
        "select store_id, business_date, tickets, net_amount, gross_amount, currency from odoo__reported_sales_daily"
        " order by 1, 2",
    )
    counted = rows(
        staged,
        "select store_id, cast(timezone(time_zone, sales.sold_at) as date), count(distinct sale_id), sum(net_amount),"
        " sum(gross_amount), sales.currency from staging.stg_odoo__sales as sales"
        " inner join staging.stg_odoo__stores using (store_id)"
        " inner join staging.stg_odoo__sale_lines as lines using (sale_id, store_id)"
        " where status = 'completed' and coalesce(line_type, 'goods') <> 'adjustment' group by all order by 1, 2",
    )
    assert reported == counted
    assert (reported[1][0], reported[1][1], reported[1][2]) == ("odoo:1", date(2026, 2, 20), 2)
    assert ("odoo:2", date(2026, 2, 22), 1, 10.0, 10.0, "EUR") in reported
    stock = rows(staged, "select product_id, on_hand from odoo__reported_stock order by 1")
    assert stock == [("odoo:1", 49.0), ("odoo:2", 7.0)]


@pytest.fixture(scope="module", params=["14.0", "19.0"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, odoo_manifest: Manifest) -> Shop:
    """The business in the marts, on a version of either transport; the workspace reports in dollars."""
    shop = filled(tmp_path_factory.mktemp("odoo"), odoo_manifest, furnished(request.param))
    result = shop.dbt("build")
    failed = [node for node in result.result if node.status in {"error", "fail"}]
    assert not failed, [f"{node.node.name}: {node.message}" for node in failed]
    return shop


def test_the_marts_hold_what_the_tills_and_orders_sold(built: Shop, request: pytest.FixtureRequest) -> None:
    is_new = request.node.callspec.params["built"] == "19.0"
    by_channel = rows(
        built,
        "select channel, sum(net_amount), sum(tax_amount), sum(units_sold), sum(units_returned), sum(charges_amount)"
        " from marts.fct_sale_lines group by channel order by channel",
    )
    # 10 EUR of the till in Paris are 12.5 dollars, and 25 EUR on the web are 31.25.
    pos = 3.6 + 90 + 60 - 1.2 + 2.4 + 12.5 + 1.2
    tax = 0.54 + 9 - 0.18 + 0.36 + 0.18
    more = (-6 + 30 + 1 - 2.4, -0.9 + 4.5 + 0.15 - 0.36, 2, 20) if is_new else (0, 0, 0, 0)
    assert by_channel == [
        ("online", 31.25, 6.25, 1.0, 0.0, 0.0),
        ("order", 16.4, 2.46, 12.5, 0.0, 7.5),
        (
            "pos",
            pytest.approx(pos + more[0]),
            pytest.approx(tax + more[1]),
            19.0 + more[2],
            3.0 if is_new else 1.0,
            5.0 + more[3],
        ),
    ]


def test_a_till_open_past_midnight_in_london_sells_on_the_evening_in_new_york(built: Shop) -> None:
    days = "select distinct cast(business_date as varchar) from marts.fct_sales where sale_id in"
    assert rows(built, f"{days} ('odoo:pos-1', 'odoo:pos-2')") == [("2026-02-20",)]
    assert rows(built, f"{days} ('odoo:pos-7')") == [("2026-02-22",)]


def test_money_taken_is_that_of_counted_tickets(built: Shop, request: pytest.FixtureRequest) -> None:
    is_new = request.node.callspec.params["built"] == "19.0"
    taken = dict(rows(built, "select tender, sum(amount) from marts.fct_payments group by tender"))
    cash = 100 - 5.86 - 1.38 + 12.5
    card = 67.1 + 51.06 - 2.76 + 20 + 1.15 + 1.38 if is_new else 74.0 + 1.38
    assert taken == {"Cash": pytest.approx(cash), "Card": pytest.approx(card), "Customer Account": pytest.approx(2.76)}


def test_odoos_totals_agree_with_what_was_counted(built: Shop) -> None:
    checks = rows(
        built,
        "select check_name, compared > 0, differing from marts.fct_reconciliations"
        " where source = 'odoo' and check_name like '%_with_source' order by 1",
    )
    assert checks == [
        ("gross_sales_agree_with_source", True, 0),
        ("net_sales_agree_with_source", True, 0),
        ("on_hand_agrees_with_source", True, 0),
        ("tickets_agree_with_source", True, 0),
    ]


def test_stock_and_orders_under_way_are_in_the_products_own_unit(built: Shop) -> None:
    found = rows(
        built,
        "select store_id, on_hand, reserved, on_order from marts.fct_stock_levels"
        " where product_id = 'odoo:1' order by 1",
    )
    assert found == [("odoo:1", 53.0, 5.0, 13.0), ("odoo:2", -4.0, 0.0, 0.0)]
