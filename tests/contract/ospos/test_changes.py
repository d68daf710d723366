"""What changes in an OSPOS that leaves no stamp on anything: it arrives, once, and what is gone goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ospos.client import opened
from connectors.ospos.clock import ShopClock
from connectors.ospos.documents import Documents
from connectors.ospos.rows import as_arrow, typed
from connectors.ospos.tables import READABLE, SPECS
from tests.contract.ospos.conftest import PASSWORD, TODAY, Ospos, dump, grants, recorded

DOCUMENT_TABLES = (
    "sales_items",
    "sales_items_taxes",
    "sales_payments",
    "sales",
    "receivings_items",
    "receivings",
    "inventory",
)
OLD = 60
"""A sale of the first days, far outside the days that are read again."""


def assert_same(ospos: Ospos, *tables: str) -> None:
    """Each raw table has as many rows and the same sums as its table in the database."""
    sums = {
        "sales": "sum(sale_id * sale_status), sum(ifnull(customer_id, 0))",
        "sales_items": "sum(quantity_purchased * item_unit_price), sum(discount)",
        "sales_items_taxes": "sum(item_tax_amount), sum(percent)",
        "sales_payments": "sum(payment_amount), sum(cash_refund)",
        "receivings": "sum(receiving_id), sum(ifnull(supplier_id, 0))",
        "receivings_items": "sum(quantity_purchased), sum(item_unit_price)",
        "inventory": "sum(trans_inventory), sum(trans_id)",
    }
    for table in tables or DOCUMENT_TABLES:
        asked = f"select count(*), {sums[table]} from"
        (theirs,) = ospos.execute(f"{asked} {ospos.source.table_prefix}{table}")
        assert ospos.raw(f"{asked} {table}") == [theirs], table


def test_a_second_load_changes_nothing(make_ospos: Callable[..., Ospos]) -> None:
    ospos = make_ospos()
    assert ospos.load().changed
    before = dump(ospos)
    assert not ospos.load().changed
    ospos.load(is_deep=True)
    assert dump(ospos) == before
    assert_same(ospos)


def test_a_new_sale_arrives_with_all_that_belongs_to_it(ospos: Ospos) -> None:
    ospos.execute(
        "insert into ospos_sales (sale_id, sale_time, employee_id, comment) values (300, '2026-11-19 20:00:00', 1, '');"
        "insert into ospos_sales_items values (300, 1, '', '', 1, 2.5, 5.52, 8.73, 0, 0, 1, 0);"
        "insert into ospos_sales_payments (sale_id, payment_type, payment_amount) values (300, 'Gift Card:123', 21.83);"
        "insert into ospos_inventory values (900, 1, 1, '2026-11-19 20:00:00', 'POS 300', 1, -2.5)"
    )
    ospos.load()
    assert_same(ospos)
    assert ospos.raw("select tender from sales_payments where sale_id = 300") == [("Gift Card",)]


def test_a_quote_that_becomes_a_sale_has_its_new_lines_and_no_old_ones(ospos: Ospos) -> None:
    ospos.execute(
        "delete from ospos_sales_items_taxes where sale_id = 199; delete from ospos_sales_items where sale_id = 199;"
        "insert into ospos_sales_items values (199, 7, '', '', 1, 3, 16.89, 25.90, 0, 0, 1, 0);"
        "update ospos_sales set sale_status = 0, sale_type = 0, sale_time = '2026-11-19 21:00:00' where sale_id = 199"
    )
    ospos.load()
    assert ospos.raw("select item_id, quantity_purchased from sales_items where sale_id = 199") == [(7, 3)]
    assert ospos.raw("select sale_status from sales where sale_id = 199") == [(0,)]
    assert_same(ospos)


def test_an_old_sale_that_is_cancelled_is_noticed_by_the_stock_log(ospos: Ospos) -> None:
    ospos.execute(
        f"update ospos_sales set sale_status = 2 where sale_id = {OLD};"
        f"insert into ospos_inventory values (901, 13, 1, '2026-11-19 20:00:00', 'Deleting sale {OLD}', 1, 1)"
    )
    ospos.load()
    assert ospos.raw(f"select sale_status from sales where sale_id = {OLD}") == [(2,)]


def test_an_old_sale_that_is_edited_without_a_trace_is_noticed_once_a_day(ospos: Ospos) -> None:
    ospos.load(is_deep=True)
    ospos.execute(
        f"update ospos_sales_items set item_unit_price = 99.99, discount = 5 where sale_id = {OLD};"
        f"update ospos_sales_payments set payment_amount = 501 where sale_id = {OLD};"
        f"update ospos_sales set sale_time = '2026-09-01 10:00:00', customer_id = 7 where sale_id = {OLD};"
        "update ospos_inventory set trans_date = '2026-09-02 10:00:00' where trans_id = 60"
    )
    one_day = ospos.with_source(reread_days=1)  # so that only the sums of blocks can tell
    one_day.load()
    assert ospos.raw(f"select item_unit_price from sales_items where sale_id = {OLD}") != [(99.99,)]
    one_day.load(is_deep=True)
    assert_same(ospos)
    wall = f"strftime(timezone('America/New_York', {'{}'}), '%m-%d %H:%M')"
    assert ospos.raw(f"select {wall.format('sale_time')} from sales where sale_id = {OLD}") == [("09-01 10:00",)]
    assert ospos.raw(f"select {wall.format('trans_date')} from inventory where trans_id = 60") == [("09-02 10:00",)]
    assert not one_day.load().changed


def test_an_edit_between_the_first_load_and_the_first_deep_one_is_noticed(ospos: Ospos) -> None:
    ospos.execute(f"update ospos_sales_items set item_unit_price = 99.99 where sale_id = {OLD}")
    ospos.with_source(reread_days=1).load(is_deep=True)
    assert_same(ospos)


def test_a_deleted_receiving_goes_and_its_movements_stay(ospos: Ospos) -> None:
    ospos.execute(
        "delete from ospos_receivings_items where receiving_id = 4;"
        "delete from ospos_receivings where receiving_id = 4;"
        "insert into ospos_inventory values (902, 2, 1, '2026-11-19 20:00:00', 'Deleting receiving 4', 1, 12)"
    )
    ospos.load()
    assert ospos.raw("select count(*) from receivings_items where receiving_id = 4") == [(0,)]
    assert_same(ospos)


def test_rows_that_are_gone_without_a_trace_go(ospos: Ospos) -> None:
    ospos.execute(
        f"delete from ospos_sales_items_taxes where sale_id = {OLD};"
        f"delete from ospos_sales_items where sale_id = {OLD};"
        f"delete from ospos_sales_payments where sale_id = {OLD}; delete from ospos_sales_taxes where sale_id = {OLD};"
        f"delete from ospos_sales where sale_id = {OLD}"
    )
    ospos.load()
    assert_same(ospos)


def test_the_highest_documents_may_be_deleted_and_their_numbers_given_again(ospos: Ospos) -> None:
    ospos.load(is_deep=True)
    ospos.execute(
        "delete from ospos_receivings_items where receiving_id > 2; delete from ospos_receivings where receiving_id > 2"
    )
    ospos.load(is_deep=True)
    assert_same(ospos)
    ospos.execute("insert into ospos_receivings values ('2026-11-19 10:00:00', 3, 1, '', 3, 'Cash', 'again')")
    ospos.load()
    assert_same(ospos)


def test_a_deleted_item_is_kept_and_no_longer_active(ospos: Ospos) -> None:
    ospos.execute(
        "update ospos_items set deleted = 1 where item_id = 3;"
        "update ospos_item_quantities set quantity = 0 where item_id = 3;"
        "insert into ospos_inventory values (903, 3, 1, '2026-11-20 04:00:00', 'Gelöscht', 1, -30)"
    )
    ospos.load()
    assert ospos.raw("select deleted from items where item_id = 3") == [(True,)]
    assert ospos.raw("select sum(quantity) from item_quantities where item_id = 3") == [(0,)]
    assert ospos.raw("select trans_comment, trans_inventory from inventory where trans_id = 903") == [(None, -30)]


def test_another_prefix_is_read_under_the_same_names(ospos: Ospos) -> None:
    before = dump(ospos)
    tables = [name for (name,) in ospos.execute("show tables")]
    renamed = ", ".join(f"{name} to {name.replace('ospos_', 'shop2_')}" for name in tables)
    ospos.execute(f"rename table {renamed}")
    ospos.server.execute(f"DROP USER '{ospos.user}'@'%'; {grants(ospos.database, ospos.user, 'shop2_')}")
    moved = ospos.with_source(table_prefix="shop2_")
    moved.load()
    assert dump(ospos) == before
    assert_same(moved)
    moved.execute("update shop2_sales set sale_status = 2 where sale_id = 215")
    moved.load()
    assert_same(moved)


def test_a_change_of_the_shops_zone_dates_everything_anew(ospos: Ospos) -> None:
    ospos.execute("update ospos_app_config set value = 'Asia/Riyadh' where `key` = 'timezone'")
    ospos.load()
    sql = "select strftime(timezone('Asia/Riyadh', sale_time), '%Y-%m-%d %H:%M:%S') from sales where sale_id = 13"
    assert ospos.raw(sql) == [("2026-09-24 18:47:23",)]


@pytest.mark.parametrize("offset", ["+09:00", "-03:30"])
def test_the_zone_of_the_database_server_changes_nothing(
    ospos: Ospos, make_ospos: Callable[..., Ospos], offset: str
) -> None:
    sql = "select sale_id, sale_time from sales order by sale_id"
    expected = ospos.raw(sql)
    ospos.server.execute(f"SET GLOBAL time_zone = '{offset}'")
    elsewhere = make_ospos(sql=recorded(offset))
    elsewhere.load()
    assert elsewhere.raw(sql) == expected


def test_today_is_the_servers_moment_on_the_shops_clock(ospos: Ospos) -> None:
    ospos.server.execute("SET GLOBAL time_zone = '-11:00'")
    zone = ZoneInfo("Pacific/Kiritimati")
    days = [datetime.now(zone).date()]
    with opened(ospos.source, PASSWORD, READABLE) as client:
        today = TODAY.func(Documents(client, ShopClock(zone.key), 1, frozenset()))
    ospos.server.execute("SET GLOBAL time_zone = '+00:00'")
    assert today.date() in [*days, datetime.now(zone).date()]


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("America/New_York", "2026-03-08 01:59:59", "2026-03-08 06:59:59"),
        ("America/New_York", "2026-03-08 03:00:00", "2026-03-08 07:00:00"),
        ("America/New_York", "2026-11-01 01:30:00", "2026-11-01 05:30:00"),  # comes twice: the first one
        ("America/New_York", "2026-11-01 02:00:00", "2026-11-01 07:00:00"),
        ("Australia/Lord_Howe", "2026-04-05 02:00:00", "2026-04-04 15:30:00"),
        ("Asia/Kathmandu", "1985-12-31 23:59:59", "1985-12-31 18:29:59"),
        ("Europe/London", "2026-07-01 12:00:00", "2026-07-01 11:00:00"),
        ("UTC", "1970-01-01 00:00:00", "1970-01-01 00:00:00"),
    ],
)
def test_the_shops_clock_is_turned_into_utc(zone: str, wall: str, utc: str) -> None:
    clock = ShopClock(zone)
    seconds = int((datetime.fromisoformat(wall) - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert clock.to_utc(pa.array([seconds, None])).to_pylist() == [expected, None]
    assert clock.moment(seconds) == expected


@given(seconds=st.integers(0, 2**31 - 1), zone=st.sampled_from(["America/New_York", "Europe/London", "Asia/Tehran"]))
def test_many_times_at_once_are_as_each_alone(seconds: int, zone: str) -> None:
    clock = ShopClock(zone)
    assert clock.to_utc(pa.array([seconds])).to_pylist() == [clock.moment(seconds)]


def test_zero_dates_and_empty_values_are_put_aside_and_nothing_fails(ospos: Ospos) -> None:
    ospos.execute(
        "set sql_mode = ''; update ospos_sales set sale_time = '0000-00-00' where sale_id = 2;"
        "update ospos_customers set date = '0000-00-00' where person_id = 7;"
        "update ospos_items set item_number = null, pack_name = null where item_id = 1"
    )
    ospos.load(is_deep=True)
    assert ospos.raw("select reason, record_key from quarantine") == [("sale_time is empty or no date", "2")]
    assert ospos.raw("select count(*) from sales") == [(215,)]
    assert ospos.raw("select joined_at from customers where person_id = 7") == [(None,)]
    assert not ospos.load().changed
    ospos.execute("update ospos_sales set sale_time = '2026-11-19 10:00:00' where sale_id = 2")
    ospos.load(is_deep=True)
    assert ospos.raw("select count(*) from quarantine") == [(0,)]


def test_text_of_every_script_arrives_as_it_is(ospos: Ospos) -> None:
    name = 'قهوة ٢٦ ☕ 🛒 O\'Brien \\ "x"'
    ospos.execute("alter table ospos_items convert to character set utf8mb4")
    quoted = name.replace("\\", "\\\\").replace("'", "''")
    ospos.execute(f"update ospos_items set name = '{quoted}' where item_id = 1")
    ospos.execute("update ospos_sales_payments set payment_type = 'نقدا' where sale_id = 215")
    ospos.load()
    assert ospos.raw("select name from items where item_id = 1") == [(name,)]
    assert ospos.raw("select tender from sales_payments where sale_id = 215") == [("نقدا",)]


@pytest.mark.parametrize(
    "value", ["99999999999.9999", "-99999999999.9999", "0.0001", "-0.0001", "1234567890.1235", "0.0000"]
)
def test_decimals_of_fifteen_digits_arrive_exactly_by_either_way(ospos: Ospos, value: str) -> None:

    ospos.execute(f"update ospos_sales_items_taxes set item_tax_amount = {value} where sale_id = 5 and item_id = 8")
    spec = SPECS["sales_items_taxes"]
    with opened(ospos.source, PASSWORD, {spec.name}) as client:
        sql = f"select {spec.expressions} from {client.table(spec.name)} where `sale_id` = 5 and `item_id` = 8"
        for answer in (client.bulk(sql, spec.name), as_arrow(spec, client.rows(sql, spec.name))):
            rows, _ = typed(spec, spec.raw("ospos_", ""), answer, ShopClock("UTC"))
            assert rows.column("item_tax_amount").to_pylist() == [Decimal(value)]


def test_both_ways_of_reading_give_the_same_rows(ospos: Ospos) -> None:

    ospos.execute("set sql_mode = ''; update ospos_sales set sale_time = '0000-00-00' where sale_id = 2")
    with opened(ospos.source, PASSWORD, READABLE) as client:
        for name in DOCUMENT_TABLES:
            spec = SPECS[name]
            sql = f"select {spec.expressions} from {client.table(name)} order by 1, 2"
            bulk = typed(spec, spec.raw("ospos_", ""), client.bulk(sql, name), ShopClock("Asia/Tehran"))
            small = typed(
                spec, spec.raw("ospos_", ""), as_arrow(spec, client.rows(sql, name)), ShopClock("Asia/Tehran")
            )
            assert bulk[0].equals(small[0]), name
            assert bulk[1] == small[1], name
