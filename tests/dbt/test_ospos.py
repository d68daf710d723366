"""What the recorded OSPOS does not hold: the rarer ways in which a sale or a receiving is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from connectors.incremental.bookkeeping import SYSTEM_TABLES
from connectors.ospos.reported import SALES_DAILY, STOCK
from connectors.ospos.tables import CUSTOMERS, SPECS
from tests.dbt.conftest import TYPES, Shop, parse

pytestmark = pytest.mark.xdist_group("ospos-staging")  # so that the project is parsed once
SOLD_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
Columns = Mapping[str, str]


class OsposShop(Shop):
    """A warehouse with the raw tables of OSPOS."""

    def add(self, table: str, **row: Any) -> None:
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        self.execute(f"insert into raw_ospos.{table} ({names}) values ({marks})", list(row.values()))

    def sell(self, sale: int, *, status: int = 0, kind: int = 0) -> None:
        self.add("sales", sale_id=sale, sale_time=SOLD_AT, employee_id=4, sale_status=status, sale_type=kind)

    def line(self, sale: int, line: int, quantity: str, price: str, **given: Any) -> None:
        usual = {"item_id": 1, "discount": 0, "discount_type": 0, "item_location": 1, "item_cost_price": 1}
        row = usual | {"sale_id": sale, "line": line, "quantity_purchased": quantity, "item_unit_price": price} | given
        self.add("sales_items", **row)

    def amounts(self, sale: int) -> list[tuple[Any, ...]]:
        return self.rows(
            "select net_amount, tax_amount, gross_amount, discount_amount from staging.stg_ospos__sale_lines"
            f" where sale_id = 'ospos:{sale}' order by sale_line_id"
        )


@pytest.fixture(scope="module")
def ospos_manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return parse(tmp_path_factory.mktemp("dbt"), ["ospos"])


@pytest.fixture
def make_shop(tmp_path: Path, ospos_manifest: Manifest) -> Callable[..., OsposShop]:
    """Make a shop with empty raw tables, two locations, one item and its settings."""

    def make(**config: str) -> OsposShop:
        shop = OsposShop(tmp_path, ospos_manifest, sources=("ospos",))
        tables: dict[str, Columns] = {
            name: {column: TYPES[logical] for column, logical in spec.raw("ospos_", "").columns.items()}
            for name, spec in {**SPECS, SALES_DAILY.name: SALES_DAILY, STOCK.name: STOCK}.items()
        }
        tables["customers"] = {name: TYPES[logical] for name, logical in CUSTOMERS.items()}
        tables |= {name: {c: TYPES[logical] for c, logical in spec.items()} for name, spec in SYSTEM_TABLES.items()}
        shop.execute("create schema raw_ospos")
        for name, columns in tables.items():
            shop.execute(f"create table raw_ospos.{name} ({', '.join(f'{c} {kind}' for c, kind in columns.items())})")
        shop.set_workspace(datetime(2026, 3, 10, tzinfo=UTC))
        settings = {"timezone": "Europe/Paris", "currency_code": "USD", "currency_decimals": "2"} | config
        for name, value in settings.items():
            shop.add("app_config", name=name, value=value)
        for location in (1, 2):
            shop.add("stock_locations", location_id=location, location_name=f"L{location}", deleted=False)
        shop.add("items", item_id=1, name="Tea", stock_type=0, item_type=0, deleted=False, receiving_quantity=6)
        return shop

    return make


def test_a_line_has_several_taxes_within_and_on_top_of_its_price(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop(tax_included="1")
    shop.sell(1)
    shop.line(1, 1, "2", "10.00", discount="10")
    for name, kind, amount in (("VAT", 0, "1.5000"), ("Eco", 1, "0.1234"), ("City", 1, "0.2000")):
        shop.add(
            "sales_items_taxes",
            sale_id=1,
            item_id=1,
            line=1,
            name=name,
            percent=5,
            tax_type=kind,
            item_tax_amount=amount,
        )
    shop.run("--select", "staging.ospos")
    assert shop.amounts(1) == [(Decimal("16.5000"), Decimal("1.8234"), Decimal("18.3234"), Decimal("1.9048"))]


@pytest.mark.parametrize(
    ("decimals", "net"), [("0", "5.67"), ("", "5.67"), ("1", "5.97"), ("2", "6.00"), ("3", "6.003"), ("4", "6.0030")]
)
def test_percentages_are_rounded_to_the_decimals_of_the_shop(
    make_shop: Callable[..., OsposShop], decimals: str, net: str
) -> None:
    shop = make_shop(currency_decimals=decimals)
    shop.sell(1)
    shop.line(1, 1, "1", "6.67", discount="10")
    shop.run("--select", "staging.ospos")
    assert shop.amounts(1)[0][0] == Decimal(net)


def test_a_return_rounds_as_its_sale_did(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop()
    for sale, quantity, kind in ((1, "1", 0), (2, "-1", 4)):
        shop.sell(sale, kind=kind)
        shop.line(sale, 1, quantity, "0.25", discount="10")  # 0.025 is rounded away from zero both times
    shop.run("--select", "staging.ospos")
    assert shop.amounts(1)[0][0] == -shop.amounts(2)[0][0] == Decimal("0.22")


def test_a_negative_quantity_in_a_sale_is_a_return_of_that_ticket(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop()
    shop.sell(1)
    shop.line(1, 1, "3", "5.00")
    shop.line(1, 2, "-1", "5.00", item_id=1)
    shop.run()
    sql = "select units_sold, units_returned, net_amount, is_return_only from marts.fct_sales"
    assert shop.rows(sql) == [(3, 1, 10, False)]


def test_a_sale_is_where_its_first_line_is(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop()
    shop.sell(1)
    shop.line(1, 10, "1", "5.00", item_location=1)
    shop.line(1, 2, "1", "5.00", item_location=2)
    shop.run()
    assert shop.rows("select store_id, net_amount from marts.fct_sales") == [("ospos:2", 10)]


def test_cash_rounding_is_a_charge_and_no_payment(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop()
    shop.sell(1)
    shop.line(1, 1, "1", "10.02")
    for payment, tender, amount, change, is_rounding in (
        (1, "Cash", "20.00", "10.00", 0),
        (2, "Cash Adjustment", "-0.02", "0", 1),
    ):
        shop.add(
            "sales_payments",
            sale_id=1,
            payment_id=payment,
            tender=tender,
            payment_amount=amount,
            cash_refund=change,
            cash_adjustment=is_rounding,
        )
    shop.run()
    sql = "select net_amount, charges_amount, total_amount, payments_amount from marts.fct_sales"
    assert shop.rows(sql) == [(Decimal("10.02"), Decimal("-0.02"), 10, 10)]
    assert shop.rows("select tender from marts.fct_payments") == [("Cash",)]
    assert shop.rows("select kind from marts.dim_products where product_id = 'ospos:cash_rounding'") == [("charge",)]


def test_only_completed_sales_invoices_and_returns_count(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop()
    combinations = [(status, kind) for status in range(3) for kind in range(5)]
    for sale, (status, kind) in enumerate(combinations):
        shop.sell(sale, status=status, kind=kind)
        shop.line(sale, 1, "1", "5.00")
    shop.run("--select", "staging.ospos")
    found = shop.rows("select split_part(sale_id, ':', 2)::int, status from staging.stg_ospos__sales")
    counted = {combinations[sale] for sale, status in found if status == "completed"}
    assert len(found) == len(combinations)
    assert counted == {(0, 0), (0, 1), (0, 4)}


def test_temporary_items_and_items_by_amount_are_goods(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop()
    shop.sell(1)
    for item, kind in ((2, 2), (3, 3)):
        shop.add("items", item_id=item, name=f"T{item}", stock_type=1, item_type=kind, deleted=False)
        shop.line(1, item, "0.125", "8.00", item_id=item)
    shop.run()
    sql = (
        "select sum(units_sold), sum(net_amount), bool_or(is_stocked) from marts.fct_sale_lines join marts.dim_products"
    )
    assert shop.rows(f"{sql} using (product_id)") == [(Decimal("0.25"), 2, False)]


def test_a_barcode_scanned_as_a_quantity_breaks_nothing(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop()
    shop.sell(1)
    shop.line(1, 1, "999999999999.999", "9999999999999.99", discount="99")
    shop.line(1, 2, "5901234123.457", "1500000.00", discount="99")
    shop.run("--select", "staging.ospos")
    assert shop.amounts(1)[0][0] is None
    assert shop.amounts(1)[1][0] == Decimal("88518511851855.0000")


def test_a_fixed_discount_of_a_receiving_is_off_the_whole_line(make_shop: Callable[..., OsposShop]) -> None:
    shop = make_shop()
    shop.add("receivings", receiving_id=1, receiving_time=SOLD_AT, supplier_id=7)
    lines = ((1, "2", "6", "5.00", "6", 1), (2, "2", "6", "5.00", "10", 0), (3, "4", "0", "5.00", "0", 0))
    for line, quantity, pack, price, discount, kind in lines:
        shop.add(
            "receivings_items",
            receiving_id=1,
            item_id=1,
            line=line,
            item_location=1,
            item_unit_price=price,
            quantity_purchased=quantity,
            receiving_quantity=pack,
            discount=discount,
            discount_type=kind,
        )
    shop.run("--select", "staging.ospos")
    sql = "select quantity, unit_cost from staging.stg_ospos__receipts order by receipt_id"
    assert shop.rows(sql) == [(12, Decimal("4.5")), (12, Decimal("4.5")), (4, Decimal("5"))]


@pytest.mark.parametrize(
    ("comment", "quantities", "expected"),
    [
        ("RECV 9", ("5", "-5"), ["transfer_in", "transfer_out"]),
        ("Deleting receiving 9", ("-5", "5"), ["transfer_in", "transfer_out"]),
        ("RECV 9", ("5", "-4"), ["receipt", "receipt"]),
        ("Deleting receiving 9", ("-5", "-5"), ["receipt", "receipt"]),
        ("POS 9", ("-5", "5"), ["sale", "return"]),
        ("Deleting sale 9", ("5", "-5"), ["sale", "return"]),
    ],
)
def test_movements_of_documents_that_are_gone_are_typed_by_the_log_alone(
    make_shop: Callable[..., OsposShop], comment: str, quantities: tuple[str, str], expected: list[str]
) -> None:
    shop = make_shop()
    for number, quantity in enumerate(quantities, 1):
        shop.add(
            "inventory",
            trans_id=number,
            trans_items=1,
            trans_location=number,
            trans_inventory=quantity,
            trans_date=SOLD_AT,
            trans_date_of_server=SOLD_AT,
            trans_comment=comment,
        )
    shop.run("--select", "staging.ospos")
    sql = "select movement_type from staging.stg_ospos__stock_movements order by movement_id"
    assert [kind for (kind,) in shop.rows(sql)] == expected


@pytest.mark.parametrize(("code", "expected"), [("kwd ", "KWD"), ("", None), ("$", None)])
def test_a_currency_is_a_code_or_unknown(make_shop: Callable[..., OsposShop], code: str, expected: str | None) -> None:
    shop = make_shop(currency_code=code)
    shop.run("--select", "staging.ospos")
    assert shop.rows("select distinct currency from staging.stg_ospos__stores") == [(expected,)]
