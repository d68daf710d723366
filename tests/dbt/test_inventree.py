"""InvenTree's traps, each with the number that must come out of the models for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from connectors.column_types import DUCKDB_TYPES
from connectors.incremental import RawTable, typed_rows
from connectors.incremental.bookkeeping import SYSTEM_TABLES
from connectors.inventree.capabilities import capabilities_of
from connectors.inventree.rights import Rights
from connectors.inventree.tables import EXCHANGE_RATE, LISTINGS, SERVER
from forecasting.tables import ensure_tables

PROJECT = Path(__file__).parents[2] / "dbt_project"
TABLES: Mapping[str, RawTable] = {
    table.name: table for table in (*(listing.table for listing in LISTINGS), EXCHANGE_RATE, SERVER)
}


def _part(key: int, ipn: str, in_stock: float, **more: Any) -> dict[str, Any]:
    usual = {"active": True, "is_template": False, "virtual": False, "category": 2, "default_expiry": 0, "units": ""}
    return {"id": key, "name": ipn.title(), "ipn": ipn, "revision": "", "in_stock": in_stock} | usual | more


def _stock(key: int, part: int, quantity: float, location: int | None, **more: Any) -> dict[str, Any]:
    usual = {"in_stock": True, "allocated": 0.0, "purchase_price": None, "purchase_price_currency": "EUR"}
    return {"id": key, "part": part, "quantity": quantity, "location": location} | usual | more


def _order(key: int, status: int, issued: str | None, **more: Any) -> dict[str, Any]:
    usual = {"supplier": 1, "creation_date": "2026-10-01", "order_currency": "EUR", "target_date": None}
    return {"id": key, "status": status, "issue_date": issued} | usual | more


def _line(key: int, order: int, quantity: float, received: float = 0, **more: Any) -> dict[str, Any]:
    usual = {"supplier_part": 1, "part": 1, "purchase_price": 55.0, "purchase_price_currency": "EUR"}
    places = {"usual_destination": 1}
    return {"id": key, "purchase_order": order, "quantity": quantity, "received": received} | usual | places | more


SHOP: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "server": [{"id": 1, "version": "1.2.0", "api_version": 423, "base_currency": "USD", "time_zone": "Europe/Berlin"}],
    "exchange_rate": [
        {"currency": currency, "base_currency": "USD", "rate": rate, "updated": "2026-11-19T23:30:00Z"}
        for currency, rate in (("EUR", "0.8"), ("GBP", "0.5"))
    ],
    "location": [
        {"id": 1, "name": "Lager", "parent": None, "top": 1},
        {"id": 2, "name": "Shop Ost", "parent": None, "top": 2},
        {"id": 3, "name": "Regal", "parent": 1, "top": 1},
    ],
    "category": [
        {"id": 1, "name": "Kaffee", "parent": None, "path": "Kaffee"},
        {"id": 2, "name": "Bohnen", "parent": 1, "path": "Kaffee > Bohnen"},
    ],
    "part": [
        _part(1, "KAFFEE-500", 143, default_location=1, minimum_stock=10),
        _part(2, "TEE", 35.5, units="kg", default_expiry=365, default_location=1),
        _part(3, "SHIRT", 0, is_template=True, default_location=1),
        _part(4, "ALT", 0, active=False, default_location=1),
        _part(5, "SHIRT-M", 21, variant_of=3, revision="B"),
        _part(6, "AUS", 0, category_default_location=3, default_supplier=4),
        _part(7, "", 0, name="Kurs", virtual=True, default_location=1),
    ],
    "part_sale_price": [
        {"id": 1, "part": 1, "quantity": 10, "price": 7.99, "price_currency": "EUR"},
        {"id": 2, "part": 1, "quantity": 1, "price": 8.99, "price_currency": "EUR"},
        {"id": 3, "part": 2, "quantity": 1, "price": "10.00", "price_currency": "GBP"},
        {"id": 4, "part": 5, "quantity": 1, "price": 20, "price_currency": "CHF"},
    ],
    "stock": [
        _stock(1, 1, 71, 1, purchase_price=5.0),
        _stock(4, 1, 24, 2, purchase_price=5.0),
        _stock(5, 1, 48, 1, purchase_price=4.583333),
        _stock(2, 5, 20, 2, purchase_price_currency="USD"),
        _stock(3, 2, 25.5, 1),
        _stock(7, 2, 10, 3, allocated=4, purchase_price="2.5", purchase_price_currency="USD"),
        _stock(8, 1, 5, None, in_stock=False, allocated=5, purchase_price=99),
        _stock(9, 5, 1, None),
    ],
    "company": [
        {"id": 1, "name": "Nordkaffee", "currency": "EUR", "active": True, "is_supplier": True, "is_customer": False},
        {"id": 2, "email_hash": "e", "currency": "EUR", "active": True, "is_supplier": False, "is_customer": True},
        {"id": 3, "name": "Weg", "currency": "", "active": False, "is_supplier": True, "is_customer": False},
    ],
    "supplier_part": [
        {"id": 1, "part": 1, "supplier": 1, "sku": "NK-500", "active": True, "pack_quantity_native": "12.0"},
        {"id": 2, "part": 1, "supplier": 1, "sku": "NK-1", "active": True, "pack_quantity_native": "1.0"},
        {"id": 3, "part": 2, "supplier": 1, "sku": "OLD", "active": False, "pack_quantity_native": "1"},
        {"id": 4, "part": 6, "supplier": 1, "sku": "AUS", "active": True, "pack_quantity_native": None},
        {"id": 5, "part": 2, "supplier": 3, "sku": "WEG", "active": True, "pack_quantity_native": "1"},
    ],
    "supplier_price_break": [
        {"id": 1, "supplier_part": 1, "quantity": 10, "price": 55, "price_currency": "EUR"},
        {"id": 2, "supplier_part": 1, "quantity": 1, "price": 60, "price_currency": "EUR"},
        {"id": 3, "supplier_part": 4, "quantity": 1, "price": 10, "price_currency": "USD"},
    ],
    "purchase_order": [
        _order(1, 20, "2026-11-10", target_date="2026-12-01"),
        _order(2, 30, "2026-10-10", complete_date="2026-10-20", destination=3),
        _order(3, 10, None),
        _order(4, 40, "2026-10-10"),
        _order(5, 25, "2026-10-10"),
        _order(6, 25, None),
        _order(7, 50, "2026-10-10"),
        _order(8, 60, "2026-10-10"),
        _order(9, 20, "2026-11-11", destination=2),
        _order(10, 20, "2026-11-11", supplier=None),
    ],
    "purchase_order_line": [
        _line(1, 1, 10, 4, target_date="2026-12-24"),
        _line(2, 2, 2, 2),
        _line(3, 3, 100),
        _line(4, 4, 100),
        _line(5, 5, 1, target_date="2026-12-05"),
        _line(6, 6, 100),
        _line(7, 7, 100),
        _line(8, 8, 100, 100),
        _line(9, 9, 3, supplier_part=4, part=None, purchase_price=8, usual_destination=1),
        _line(10, 9, 7, supplier_part=None, part=None),
        _line(11, 10, 1, purchase_price=12, purchase_price_currency="GBP", usual_destination=None),
        _line(12, 10, 1, purchase_price=12, usual_destination=None),
        _line(13, 10_000, 1),
    ],
}


@dataclass(frozen=True)
class Built:
    """A warehouse on which all models and their tests ran."""

    warehouse: Path
    warnings: list[str]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The shop above, built, with EUR as the reporting currency."""
    folder = tmp_path_factory.mktemp("inventree")
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        _fill(connection)
    command = ["build", "--quiet", f"--project-dir={PROJECT}", f"--profiles-dir={PROJECT}",
               f"--target-path={folder / 'target'}", f"--log-path={folder}",
               f"--vars={json.dumps({'sources': ['inventree']})}"]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TILLSIGHT_WAREHOUSE", str(warehouse))
        result = dbtRunner().invoke(command)
    assert result.exception is None, result.exception
    nodes = {node.node.name: node for node in result.result}
    assert not [f"{name}: {node.message}" for name, node in nodes.items() if node.status in {"error", "fail"}]
    return Built(warehouse, [name for name, node in nodes.items() if node.status == "warn"])


def _fill(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set timezone = 'UTC'; create schema raw_inventree; create schema raw_tillsight")
    for name, table in TABLES.items():
        rows, rejected = typed_rows(table, SHOP[name])
        assert not rejected
        connection.register("given", rows)
        connection.execute(f"create table raw_inventree.{name} as from given")
    for name, columns in SYSTEM_TABLES.items():
        typed = ", ".join(f'"{column}" {DUCKDB_TYPES[kind]}' for column, kind in columns.items())
        connection.execute(f"create table raw_inventree.{name} ({typed})")
    capabilities = capabilities_of(Rights({"is_superuser": True}))
    for table_name, capability in capabilities.items():
        connection.execute(
            "insert into raw_inventree.capabilities (table_name, is_available, note) values (?, ?, ?)",
            [table_name, capability.is_available, capability.note],
        )
    connection.execute(
        "create table raw_tillsight.workspace as select 'shop' as workspace,"
        " timestamptz '2026-11-20 12:00:00+00' as as_of_at, 'EUR' as reporting_currency, 'UTC' as default_time_zone"
    )
    ensure_tables(connection)


def test_stock_is_what_lies_in_a_top_level_location_and_below_it(built: Built) -> None:
    assert built.rows(
        "select store_id, product_id, on_hand, reserved from intermediate.int_stock_levels_unioned order by 1, 2"
    ) == [
        ("inventree:1", "inventree:1", 119, 0),
        ("inventree:1", "inventree:2", 35.5, 4),
        ("inventree:1", "inventree:6", 0, 0),
        ("inventree:2", "inventree:1", 24, 0),
        ("inventree:2", "inventree:5", 20, 0),
        ("inventree:none", "inventree:5", 1, 0),
    ]


def test_stock_adds_up_to_what_inventree_itself_says(built: Built) -> None:
    assert built.rows(
        """
        select reported.product_id, reported.on_hand, coalesce(sum(levels.on_hand), 0) as ours
        from intermediate.int_reported_stock_unioned as reported
        left join intermediate.int_stock_levels_unioned as levels using (product_id)
        group by all having reported.on_hand != ours
        """
    ) == []  # fmt: skip


def test_stores_are_top_level_locations_and_one_for_what_lies_nowhere(built: Built) -> None:
    assert built.rows("select store_id, store, time_zone from marts.dim_stores order by 1") == [
        ("inventree:1", "Lager", "Europe/Berlin"),
        ("inventree:2", "Shop Ost", "Europe/Berlin"),
        ("inventree:none", "No location", "Europe/Berlin"),
    ]


def test_products_are_parts_with_their_flags(built: Built) -> None:
    assert built.rows(
        "select sku, name, category_path, unit, is_stocked, is_active, shelf_life_days, variant_of"
        " from marts.dim_products order by product_id"
    ) == [
        ("KAFFEE-500", "Kaffee-500", "Kaffee > Bohnen", None, True, True, None, None),
        ("TEE", "Tee", "Kaffee > Bohnen", "kg", True, True, 365, None),
        ("SHIRT", "Shirt", "Kaffee > Bohnen", None, False, True, None, None),
        ("ALT", "Alt", "Kaffee > Bohnen", None, True, False, None, None),
        ("SHIRT-M", "Shirt-M (B)", "Kaffee > Bohnen", None, True, True, None, "inventree:3"),
        ("AUS", "Aus", "Kaffee > Bohnen", None, True, True, None, None),
        ("7", "Kurs", "Kaffee > Bohnen", None, False, True, None, None),
    ]


def test_prices_and_costs_are_in_the_reporting_currency_or_unknown(built: Built) -> None:
    rows = built.rows("select product_id, list_price, cost from intermediate.int_products_unioned order by 1")
    prices = {key: (price, cost) for key, price, cost in rows}
    assert prices["inventree:1"] == (Decimal("8.99"), Decimal("4.8601"))
    assert prices["inventree:2"] == (16, 2)
    assert prices["inventree:5"] == (None, None)


def test_terms_are_per_unit_of_packs(built: Built) -> None:
    assert built.rows(
        "select supplier_id, product_id, lead_time_days, pack_size, unit_cost, is_preferred"
        " from intermediate.int_supplier_terms_unioned order by 2"
    ) == [
        ("inventree:1", "inventree:1", None, 12, 5, None),
        ("inventree:1", "inventree:6", None, 1, 8, True),
    ]


def test_packs_that_were_received_are_units_and_no_longer_on_order(built: Built) -> None:
    assert built.rows(
        "select ordered_quantity, received_quantity, on_order_quantity, unit_cost, first_received_date, store_id"
        " from marts.fct_purchase_order_lines where purchase_order_line_id = 'inventree:1'"
    ) == [(120, 48, 72, Decimal("4.5833"), None, "inventree:1")]


def test_only_a_completed_order_says_when_it_was_received(built: Built) -> None:
    assert built.rows(
        "select receipt_id, quantity, (received_at at time zone 'Europe/Berlin')::varchar, store_id"
        " from intermediate.int_receipts_unioned where received_at is not null"
    ) == [("inventree:2", 24, "2026-10-20 00:00:00", "inventree:1")]


def test_statuses_say_what_is_still_coming(built: Built) -> None:
    statuses = dict(
        built.rows("select purchase_order_id, status from intermediate.int_purchase_orders_unioned order by 1")
    )
    assert statuses == {
        "inventree:1": "open", "inventree:2": "closed", "inventree:3": "draft", "inventree:4": "cancelled",
        "inventree:5": "open", "inventree:6": "draft", "inventree:7": "cancelled", "inventree:8": "cancelled",
        "inventree:9": "open", "inventree:10": "open",
    }  # fmt: skip


def test_what_is_on_order_is_what_was_placed_and_has_not_come(built: Built) -> None:
    assert built.rows(
        "select store_id, product_id, on_order from marts.fct_stock_levels where on_order > 0 order by 1, 2"
    ) == [
        ("inventree:1", "inventree:1", 72 + 12),
        ("inventree:2", "inventree:6", 3),
        ("inventree:none", "inventree:1", 24),
    ]


def test_dates_are_days_of_the_servers_own_time(built: Built) -> None:
    assert built.rows(
        "select ordered_date, expected_date from marts.fct_purchase_order_lines"
        " where purchase_order_line_id in ('inventree:1', 'inventree:5') order by ordered_date desc"
    ) == [(date(2026, 11, 10), date(2026, 12, 1)), (date(2026, 10, 10), date(2026, 12, 5))]


def test_a_line_in_another_currency_than_its_order_has_no_cost(built: Built) -> None:
    assert built.rows(
        "select purchase_order_line_id, unit_cost from intermediate.int_purchase_order_lines_unioned"
        " where purchase_order_id = 'inventree:10' order by 1"
    ) == [("inventree:11", None), ("inventree:12", 1)]


def test_lines_without_a_part_or_an_order_are_left_out(built: Built) -> None:
    keys = {key for (key,) in built.rows("select purchase_order_line_id from marts.fct_purchase_order_lines")}
    assert keys == {f"inventree:{number}" for number in (*range(1, 10), 11, 12)}


def test_rates_hold_from_the_servers_day(built: Built) -> None:
    assert built.rows(
        "select rate_date, from_currency, to_currency, rate from intermediate.int_exchange_rates_unioned order by 3"
    ) == [
        (date(2026, 11, 20), "USD", "EUR", Decimal("0.8")),
        (date(2026, 11, 20), "USD", "GBP", Decimal("0.5")),
    ]


def test_a_customer_is_a_number(built: Built) -> None:
    assert built.rows("select customer_id, name, email_hash from intermediate.int_customers_unioned") == [
        ("inventree:2", None, "e")
    ]


def test_what_inventree_has_not_is_declared_and_nothing_is_made_up_for_it(built: Built) -> None:
    missing = {name for (name,) in built.rows("select table_name from marts.dim_capabilities where not is_available")}
    assert missing == {"sales", "sale_lines", "payments", "stock_movements", "prices", "promotions"}
    for mart in ("fct_sales", "fct_sale_lines", "fct_payments", "fct_stock_daily"):
        assert built.rows(f"select count(*) from marts.{mart}") == [(0,)]


def test_nothing_has_to_be_warned_of(built: Built) -> None:
    assert built.warnings == []
