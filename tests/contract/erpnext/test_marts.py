"""The recorded site from its API to the marts: every figure that its FACTS name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contract.erpnext.conftest import FakeSite, Shop, make


@pytest.fixture(scope="module")
def built(version: int, loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The recorded site, loaded and built once. Never changed."""
    root = tmp_path_factory.mktemp("marts") / "main"
    shutil.copytree(loaded, root)
    shop = make(FakeSite(version), root)
    shop.build()
    yield shop
    shutil.rmtree(root)


def named(version: int, older: str, newer: str) -> str:
    return older if version == 15 else newer


def test_till_sales_count_once_whether_their_session_is_closed_or_not(built: Shop, version: int) -> None:
    site = built.site
    counted = [one for one in site.tables["POS Invoice"] if one["docstatus"] == 1]
    counted += [one for one in site.tables["Sales Invoice"] if one["docstatus"] == 1 and not one["is_consolidated"]]
    assert built.value("select count(*) from marts.fct_sales") == len(counted)
    assert built.value("select sum(total_amount) from marts.fct_sales") == pytest.approx(
        sum(one["base_grand_total"] for one in counted)
    )
    assert built.value("select sum(net_amount + charges_amount) from marts.fct_sales") == pytest.approx(
        sum(one["base_net_total"] for one in counted)
    )
    consolidated = {one["consolidated_invoice"] for one in counted if one.get("consolidated_invoice")}
    assert consolidated
    listed = ", ".join(f"'erpnext:{name}'" for name in consolidated)
    assert built.value(f"select count(*) from marts.fct_sales where sale_id in ({listed})") == 0


def test_every_check_against_the_sites_own_totals_agrees(built: Shop) -> None:
    checks = {name: (compared, differing) for name, compared, differing in built.rows(
        "select check_name, compared, differing from marts.fct_reconciliations"
    )}  # fmt: skip
    for name in (
        "tickets_agree_with_source",
        "net_sales_agree_with_source",
        "gross_sales_agree_with_source",
        "on_hand_agrees_with_source",
        "movements_close",
        "payments_equal_totals",
        "gross_is_net_plus_tax",
        "loads_accounted",
    ):
        assert checks[name][0] > 0, name
        assert checks[name][1] == 0, name


def test_a_sale_is_dated_by_its_own_time_in_the_sites_zone(built: Shop) -> None:
    sales = dict(built.rows("select sale_id, sold_at from marts.fct_sales"))
    assert sales["erpnext:pos:ACC-PSINV-2026-00001"] == datetime(2026, 10, 24, 7, 15, tzinfo=UTC)
    assert sales["erpnext:pos:ACC-PSINV-2026-00002"] == datetime(2026, 10, 24, 21, 59, 59, 500000, tzinfo=UTC)
    # In the hour that there is twice, the first one is taken.
    assert sales["erpnext:pos:ACC-PSINV-2026-00003"] == datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert built.rows(
        "select business_date, count(*) from marts.fct_sales where store_id = 'erpnext:Shop Ost - PH'"
        " and business_date < '2026-11-01' group by all order by all"
    ) == [(date(2026, 10, 24), 2), (date(2026, 10, 25), 2)]


def test_prices_with_tax_and_a_discount_on_the_invoice_come_out_to_the_cent(built: Shop) -> None:
    assert built.rows(
        "select product_id, net_amount, tax_amount + net_amount, discount_amount, line_type"
        " from staging.stg_erpnext__sale_lines where sale_id = 'erpnext:pos:ACC-PSINV-2026-00010' order by net_amount"
    )[1][:2] == ("erpnext:SHIRT-M", Decimal("27.69"))
    ((net, tax, gross, discount),) = built.rows(
        "select sum(net_amount), sum(tax_amount), sum(gross_amount), sum(discount_amount)"
        " from staging.stg_erpnext__sale_lines where sale_id = 'erpnext:pos:ACC-PSINV-2026-00010'"
    )
    assert (net, tax + net, gross) == (Decimal("28.07"), Decimal("33.41"), Decimal("33.41"))
    # A tenth off two shirts, and 2.43 off the invoice, both without tax.
    assert float(discount) == pytest.approx(3.98 * 30.10 / 35.82 + 2.43, abs=0.001)


def test_a_cent_that_net_and_tax_miss_goes_to_the_largest_line(built: Shop, version: int) -> None:
    name = named(version, "ACC-SINV-2026-00004", "ACC-SINV-2026-00002")
    assert built.rows(
        "select net_amount, tax_amount, gross_amount from staging.stg_erpnext__sale_lines"
        f" where sale_id = 'erpnext:{name}'"
    ) == [(Decimal("7.55"), Decimal("1.44"), Decimal("8.99"))]


def test_quantities_are_in_stock_units(built: Shop) -> None:
    lines = dict(built.rows(
        "select sale_id || product_id, (quantity, unit_price)::varchar from staging.stg_erpnext__sale_lines"
    ))  # fmt: skip
    assert lines["erpnext:pos:ACC-PSINV-2026-00002erpnext:KAFFEE-500"] == "(12.0000, 8.2500)"
    assert lines["erpnext:pos:ACC-PSINV-2026-00003erpnext:TEE-LOSE"] == "(0.2500, 40.0000)"


def test_returns_are_negative_in_quantity_amount_and_payment(built: Shop) -> None:
    assert built.rows(
        "select units_returned, net_amount, payments_amount, is_return_only from marts.fct_sales"
        " where sale_id = 'erpnext:pos:ACC-PSINV-2026-00013'"
    ) == [(Decimal(1), Decimal("-6.29"), Decimal("-7.49"), True)]


def test_an_amended_invoice_counts_and_what_it_replaces_does_not(built: Shop, version: int) -> None:
    name = named(version, "ACC-SINV-2026-00007", "ACC-SINV-2026-00005")
    assert built.rows(f"select sale_id from marts.fct_sales where sale_id like 'erpnext:{name}%'") == [
        (f"erpnext:{name}-1",)
    ]
    assert built.rows(f"select status from staging.stg_erpnext__sales where sale_id = 'erpnext:{name}'") == [
        ("cancelled",)
    ]


def test_change_is_taken_from_cash(built: Shop) -> None:
    assert built.rows(
        "select tender, sum(amount) from staging.stg_erpnext__payments"
        " where sale_id = 'erpnext:pos:ACC-PSINV-2026-00001' group by all"
    ) == [("Cash", Decimal("37.88"))]
    assert built.rows(
        "select tender, amount from staging.stg_erpnext__payments"
        " where sale_id = 'erpnext:pos:ACC-PSINV-2026-00008' order by 2"
    ) == [("Credit Card", Decimal("1.90")), ("Cash", Decimal("20.00"))]


def test_other_currencies_keep_their_amount_and_their_rate(built: Shop, version: int) -> None:
    name = named(version, "ACC-SINV-2026-00008", "ACC-SINV-2026-00006")
    assert built.rows(
        "select net_amount, net_amount_as_sold, currency, cost_amount from marts.fct_sale_lines"
        f" where sale_id = 'erpnext:{name}'"
    ) == [(Decimal("90.00"), Decimal("100.00"), "USD", Decimal("30.0001"))]


def test_a_bundle_is_sold_and_its_parts_leave_the_stock(built: Shop, version: int) -> None:
    assert built.rows(
        "select quantity, unit_cost, line_type from staging.stg_erpnext__sale_lines"
        " where sale_id = 'erpnext:pos:ACC-PSINV-2026-00004'"
    ) == [(Decimal(1), Decimal(16), "goods")]
    assert built.value("select count(*) from staging.stg_erpnext__stock_levels where product_id like '%GESCHENK%'") == 0
    sold = built.rows(
        "select product_id, sum(quantity) from staging.stg_erpnext__stock_movements"
        " where moved_at = timestamptz '2026-10-25 11:00:00+00' group by all order by all"
    )
    assert sold == [("erpnext:KAFFEE-500", Decimal(-2)), ("erpnext:SHIRT-M", Decimal(-1))]


def test_stock_is_the_bins_less_what_open_sessions_sold(built: Shop) -> None:
    bins = {(one["item_code"], one["warehouse"]): one["actual_qty"] for one in built.site.tables["Bin"]}
    levels = {
        (product.removeprefix("erpnext:"), store.removeprefix("erpnext:")): float(on_hand)
        for product, store, on_hand in built.rows(
            "select product_id, store_id, on_hand from staging.stg_erpnext__stock_levels"
        )
    }
    assert levels["KAFFEE-500", "Shop West - PH"] == bins["KAFFEE-500", "Shop West - PH"] - 3
    assert levels["SHIRT-L", "Shop West - PH"] == bins["SHIRT-L", "Shop West - PH"] - 1
    assert levels["SHIRT-M", "Stores - PH"] == bins["SHIRT-M", "Stores - PH"]
    assert (
        built.value(
            "select reserved from staging.stg_erpnext__stock_levels"
            " where product_id = 'erpnext:KAFFEE-500' and store_id = 'erpnext:Stores - PH'"
        )
        == 5
    )


def test_a_count_moves_the_difference_and_cancelled_entries_move_nothing(built: Shop, version: int) -> None:
    shirt = named(version, "SHIRT-SMALL", "SHIRT-S")
    assert built.rows(
        "select quantity, movement_type from staging.stg_erpnext__stock_movements where reason = 'Stock Reconciliation'"
    ) == [(Decimal(-1), "adjustment")]
    assert (
        built.value(
            "select sum(quantity) from staging.stg_erpnext__stock_movements"
            f" where product_id = 'erpnext:{shirt}' and store_id = 'erpnext:Stores - PH'"
        )
        == 11
    )


def test_what_a_closed_session_sold_moves_when_it_was_sold(built: Shop) -> None:
    moved = {moment for (moment,) in built.rows(
        "select distinct moved_at from staging.stg_erpnext__stock_movements where movement_type = 'sale'"
    )}  # fmt: skip
    sold = {moment for (moment,) in built.rows("select distinct sold_at from staging.stg_erpnext__sales")}
    deliveries = {datetime(2026, 11, 11, 7, tzinfo=UTC)}
    assert moved <= sold | deliveries


def test_orders_are_in_stock_units_and_a_closed_one_is_closed(built: Shop) -> None:
    orders = built.rows("select purchase_order_id, status from staging.stg_erpnext__purchase_orders order by 1")
    assert [status for _, status in orders] == ["open", "open", "cancelled", "closed"]
    on_order = dict(built.rows("select product_id, sum(on_order) from marts.fct_stock_levels group by all"))
    ordered = {}
    for one in built.site.tables["Bin"]:
        ordered[one["item_code"]] = ordered.get(one["item_code"], 0) + one["ordered_qty"]
    assert {item: quantity for item, quantity in ordered.items() if quantity} == {
        product.removeprefix("erpnext:"): float(quantity) for product, quantity in on_order.items() if quantity
    }


def test_rejected_goods_are_received_where_they_lie(built: Shop) -> None:
    assert built.rows(
        "select store_id, quantity from staging.stg_erpnext__receipts"
        " where product_id = 'erpnext:KAFFEE-500' order by 2"
    ) == [("erpnext:Goods In Transit - PH", Decimal(12)), ("erpnext:Stores - PH", Decimal(72))]


def test_terms_come_from_the_suppliers_price_before_the_item(built: Shop) -> None:
    assert built.rows(
        "select supplier_id, lead_time_days, moq, pack_size, unit_cost, is_preferred"
        " from staging.stg_erpnext__supplier_terms where product_id = 'erpnext:KAFFEE-500' order by 1"
    )[0] == ("erpnext:Nordkaffee GmbH", 9, Decimal(12), Decimal(12), Decimal(5), True)


def test_products_are_items_that_can_be_sold(built: Shop) -> None:
    products = {sku: rest for sku, *rest in built.rows(
        "select sku, is_active, is_stocked, kind, category_path, barcode, variant_of from staging.stg_erpnext__products"
    )}  # fmt: skip
    assert "SHIRT" not in products
    assert products["KAFFEE-500"] == [True, True, "goods", "Getränke", "4006381333931", None]
    assert products["ALT-DISABLED"][0] is False
    assert products["GESCHENKSET"][1:3] == [False, "goods"]
    assert products["SERVICE-MAHLEN"][1:3] == [False, "goods"]
    assert products["SHIRT-M"][-1] == "erpnext:SHIRT"


def test_stores_are_warehouses_that_sell_or_hold_stock(built: Shop) -> None:
    assert built.rows("select name, time_zone, currency from staging.stg_erpnext__stores order by 1") == [
        ("Goods In Transit", "Europe/Berlin", "EUR"),
        ("Shop Ost", "Europe/Berlin", "EUR"),
        ("Shop West", "Europe/Berlin", "EUR"),
        ("Stores", "Europe/Berlin", "EUR"),
    ]


def test_a_till_sells_in_its_own_shop_whatever_shelf_it_takes_from(built: Shop) -> None:
    sale = "erpnext:pos:ACC-PSINV-2026-00009"
    assert built.rows(f"select store_id, register, cashier from marts.fct_sales where sale_id = '{sale}'") == [
        ("erpnext:Shop West - PH", "Kasse West", "Administrator")
    ]
    assert built.rows(
        "select store_id from staging.stg_erpnext__stock_movements where reference = 'ACC-PSINV-2026-00009'"
    ) == [("erpnext:Shop Ost - PH",)]


def test_the_customer_of_everybody_is_nobody(built: Shop) -> None:
    known = [one for one in built.site.tables["POS Invoice"] if one["customer"] != "Laufkundschaft"]
    assert built.value("select count(customer_id) from staging.stg_erpnext__sales where channel = 'pos'") == len(known)
    assert built.value("select count(*) from staging.stg_erpnext__customers") == 3
