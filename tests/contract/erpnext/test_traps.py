"""What the recordings have none of: charges, several taxes, texts as lines, currencies, names used twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.contract.erpnext.conftest import Shop, make
from tests.contract.erpnext.fake_site import FakeSite, Host


def order(site: FakeSite, name: str, grand_total: float, **changes: Any) -> None:
    """A Sales Invoice over 160.00 for coffee and 54.00 for shirts, without taxes."""
    model = next(one["name"] for one in site.tables["Sales Invoice"] if one["grand_total"] == 254.66)
    site.copy("Sales Invoice", model, name, grand_total=grand_total, base_grand_total=grand_total, **changes)
    for doctype in ("Sales Taxes and Charges", "Item Wise Tax Detail"):
        if doctype in site.tables:
            site.tables[doctype] = [row for row in site.tables[doctype] if row["parent"] != name]


def tax(
    site: FakeSite, parent: str, idx: int, amount: float, shares: dict[str, float] | None = None, **more: Any
) -> None:
    """A row of an invoice's taxes, which tells its shares as the version does."""
    name = f"{parent}-tax-{idx}"
    row = {"name": name, "parent": parent, "parenttype": "Sales Invoice", "idx": idx, "charge_type": "On Net Total",
           "account_head": "VAT - PH", "tax_amount_after_discount_amount": amount, "modified": site.tick()}  # fmt: skip
    if site.version == 15 and shares is not None:
        row["item_wise_tax_detail"] = json.dumps({item: [0, share] for item, share in shares.items()})
    site.tables["Sales Taxes and Charges"].append(row | more)
    if site.version == 17:
        for line in site.rows_of("Sales Invoice Item", parent) if shares is not None else ():
            detail = {"name": f"{name}-{line['name']}", "parent": parent, "parenttype": "Sales Invoice", "idx": 1,
                      "item_row": line["name"], "tax_row": name, "amount": shares[line["item_code"]]}  # fmt: skip
            site.tables["Item Wise Tax Detail"].append(detail)


def arrange(site: FakeSite) -> None:
    """Everything that is not in the recordings."""
    order(site, "FREIGHT", 268.70)
    tax(site, "FREIGHT", 1, 40.66, {"KAFFEE-500": 30.40, "SHIRT-L": 10.26})
    tax(site, "FREIGHT", 2, 11.80, charge_type="Actual", account_head="Freight - PH")
    tax(site, "FREIGHT", 3, 2.24, charge_type="On Previous Row Amount", row_id="2")
    order(site, "TWO-RATES", 248.18)
    tax(site, "TWO-RATES", 1, 30.40, {"KAFFEE-500": 30.40, "SHIRT-L": 0.0})
    tax(site, "TWO-RATES", 2, 3.78, {"KAFFEE-500": 0.0, "SHIRT-L": 3.78})
    order(site, "UNTOLD", 235.40)
    tax(site, "UNTOLD", 1, 21.40)
    order(site, "TEXT", 214.00)
    site.rows_of("Sales Invoice Item", "TEXT")[1].update(item_code=None, warehouse=None)
    for item, name in (("CARRIAGE", "Versandkosten"), ("REPAIR", "Mending a tear")):
        site.copy("Item", "SERVICE-MAHLEN", item, item_name=name)
        order(site, f"WITH-{item}", 214.00)
        site.rows_of("Sales Invoice Item", f"WITH-{item}")[1].update(item_code=item)
    order(site, "OPENING", 999.00, is_opening="Yes")
    order(site, "NOWHERE", 214.00)
    for row in site.rows_of("Sales Invoice Item", "NOWHERE"):
        row["warehouse"] = None
    for name, rate in (("USD-1", 0.9), ("USD-2", 0.8)):
        order(site, name, 214.00, currency="USD", conversion_rate=rate, posting_date="2026-11-10")
    site.copy("POS Invoice", "ACC-PSINV-2026-00007", "FREIGHT")
    unused = site.rows_of("Sales Invoice Payment", "FREIGHT")[0]
    site.tables["Sales Invoice Payment"].append(unused | {"name": "unused", "mode_of_payment": "Cheque", "amount": 0.0})
    site.copy("Item", "TEE-LOSE", "SUB", item_group="Grüntee")
    site.copy("Item Group", "Getränke", "Tee", parent_item_group="Getränke")
    site.copy("Item Group", "Getränke", "Grüntee", parent_item_group="Tee")
    group = {"is_group": 1, "lft": 0}
    site.save("Warehouse", "All Warehouses - PH", **group)


@pytest.fixture(scope="module")
def built(version: int, host: Host, loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("traps") / "main"
    shutil.copytree(loaded, root)
    site = host.put(FakeSite(version))
    arrange(site)
    shop = make(site, root)
    shop.load()
    shop.build()
    yield shop
    shutil.rmtree(root)


def lines(shop: Shop, sale: str) -> dict[str, tuple[float, float]]:
    """Net and tax of each line of an order."""
    return {
        product.removeprefix("erpnext:"): (float(net), float(tax))
        for product, net, tax in shop.rows(
            "select product_id, net_amount, tax_amount from staging.stg_erpnext__sale_lines"
            f" where sale_id = 'erpnext:{sale}'"
        )
    }


def test_freight_is_a_charge_with_its_own_tax_and_no_goods(built: Shop) -> None:
    assert lines(built, "FREIGHT") == {
        "KAFFEE-500": (160.00, 30.40),
        "SHIRT-L": (54.00, 10.26),
        "charge:Freight - PH": (11.80, 2.24),
    }
    assert built.rows(
        "select net_amount, charges_amount, total_amount, units_sold from marts.fct_sales"
        " where sale_id = 'erpnext:FREIGHT'"
    ) == [(Decimal("214.0000"), Decimal("11.8000"), Decimal("268.7000"), Decimal(27))]


def test_each_line_has_the_taxes_that_are_its_own(built: Shop) -> None:
    assert lines(built, "TWO-RATES") == {"KAFFEE-500": (160.00, 30.40), "SHIRT-L": (54.00, 3.78)}


def test_a_tax_that_tells_no_shares_is_shared_by_net_amount(built: Shop) -> None:
    assert lines(built, "UNTOLD") == {"KAFFEE-500": (160.00, 16.00), "SHIRT-L": (54.00, 5.40)}


def test_a_line_of_text_counts_as_a_charge(built: Shop) -> None:
    assert lines(built, "TEXT") == {"KAFFEE-500": (160.00, 0.0), "line without item": (54.00, 0.0)}
    assert built.rows("select net_amount, charges_amount from marts.fct_sales where sale_id = 'erpnext:TEXT'") == [
        (Decimal("160.0000"), Decimal("54.0000"))
    ]


@pytest.mark.parametrize(("item", "charges"), [("CARRIAGE", 54), ("REPAIR", 0)])
def test_carriage_that_is_an_item_is_a_charge_and_any_other_service_a_sale(
    built: Shop, item: str, charges: int
) -> None:
    sums = f"select net_amount, charges_amount from marts.fct_sales where sale_id = 'erpnext:WITH-{item}'"
    assert built.rows(sums) == [(Decimal(214 - charges), Decimal(charges))]


def test_what_opens_the_books_is_no_sale(built: Shop) -> None:
    assert built.value("select count(*) from staging.stg_erpnext__sales where sale_id = 'erpnext:OPENING'") == 0


def test_an_invoice_that_names_no_warehouse_belongs_to_its_company(built: Shop) -> None:
    assert built.rows("select store_id from staging.stg_erpnext__sales where sale_id = 'erpnext:NOWHERE'") == [
        ("erpnext:company:Probe Handel",)
    ]
    assert built.rows(
        "select name, time_zone from staging.stg_erpnext__stores where store_id = 'erpnext:company:Probe Handel'"
    ) == [("Probe Handel", "Europe/Berlin")]


def test_the_days_sales_come_to_what_was_booked_though_rates_differ(built: Shop) -> None:
    assert built.value("select sum(net_amount) from marts.fct_sales where sale_id like 'erpnext:USD-_'") == (
        pytest.approx(214 * 0.9 + 214 * 0.8)
    )


def test_invoices_of_both_kinds_can_share_a_name(built: Shop) -> None:
    assert built.rows("select sale_id, channel from marts.fct_sales where sale_id like '%FREIGHT' order by 1") == [
        ("erpnext:FREIGHT", "order"),
        ("erpnext:pos:FREIGHT", "pos"),
    ]


def test_a_way_to_pay_that_was_not_used_is_no_payment(built: Shop) -> None:
    assert built.rows("select tender from staging.stg_erpnext__payments where sale_id = 'erpnext:pos:FREIGHT'") == [
        ("Cash",)
    ]


def test_the_path_of_a_category_leaves_out_the_root(built: Shop) -> None:
    assert built.rows("select category_path from staging.stg_erpnext__products where sku = 'SUB'") == [
        ("Getränke > Tee > Grüntee",)
    ]
