"""Loads into the warehouse: first, again, and after what people do to documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from connectors.erpnext import walk
from retail.errors import SourceError
from tests.contract.erpnext.counting import counts, expected

if TYPE_CHECKING:
    from tests.contract.erpnext.conftest import FakeSite, Shop

pytestmark = pytest.mark.parametrize("version", [17], indirect=True, scope="session")
"""Here the versions do not differ; what does is in test_versions.py, test_marts.py and test_traps.py."""


def test_rows_of_a_changed_document_are_replaced_whole(shop: Shop, site: FakeSite) -> None:
    name = "ACC-PSINV-2026-00010"
    service = next(row for row in site.rows_of("POS Invoice Item", name) if row["item_code"] == "SERVICE-MAHLEN")
    site.tables["POS Invoice Item"].remove(service)
    site.save("POS Invoice", name, net_total=27.69)
    shop.load()
    assert shop.rows(f"SELECT item_code FROM raw_erpnext.pos_invoice_item WHERE parent = '{name}'") == [("SHIRT-M",)]


def test_deleted_documents_go_with_the_next_load_and_their_rows_with_the_nightly_one(
    shop: Shop, site: FakeSite
) -> None:
    site.delete("POS Invoice", "ACC-PSINV-2026-00007")
    shop.load()
    assert counts(shop)["pos_invoice"] == expected(site)["pos_invoice"]
    shop.load(is_deep=True)
    assert counts(shop) == expected(site)


def test_the_name_of_a_deleted_draft_can_be_used_again(shop: Shop, site: FakeSite) -> None:
    name = "ACC-PSINV-2026-00015"
    site.delete("POS Invoice", name)
    site.copy("POS Invoice", "ACC-PSINV-2026-00010", name)
    shop.load()
    assert shop.value(f"SELECT count(*) FROM raw_erpnext.pos_invoice_item WHERE parent = '{name}'") == 2


@pytest.mark.parametrize(
    ("doctype", "old", "new", "column"),
    [
        ("Item", "KAFFEE-500", "KAFFEE-FEIN", "raw_erpnext.pos_invoice_item.item_code"),
        ("Item", "KAFFEE-500", "KAFFEE-FEIN", "raw_erpnext.bin.item_code"),
        ("Item", "KAFFEE-500", "KAFFEE-FEIN", "raw_erpnext.stock_ledger_entry.item_code"),
        ("Warehouse", "Shop Ost - PH", "Shop Nord - PH", "raw_erpnext.pos_profile.warehouse"),
        ("Supplier", "Nordkaffee GmbH", "Südkaffee GmbH", "raw_erpnext.purchase_order.supplier"),
        ("Mode of Payment", "Cash", "Bargeld", "raw_erpnext.pos_invoice_payment.mode_of_payment"),
    ],
)
def test_a_renamed_document_is_renamed_wherever_it_is_named(
    shop: Shop, site: FakeSite, doctype: str, old: str, new: str, column: str
) -> None:
    site.rename(doctype, old, new)
    shop.load(is_deep=True)
    table, _, name = column.rpartition(".")
    assert shop.value(f"SELECT count(*) FROM {table} WHERE {name} = '{old}'") == 0
    assert shop.value(f"SELECT count(*) FROM {table} WHERE {name} = '{new}'") > 0


def test_entries_of_the_ledger_that_get_their_final_names_are_not_there_twice(shop: Shop, site: FakeSite) -> None:
    for number, entry in enumerate(site.tables["Stock Ledger Entry"]):
        entry.update(name=f"MAT-SLE-2026-{number:05}", to_rename=0, modified=site.tick())
    shop.load()
    assert counts(shop) == expected(site)


def test_a_cost_that_changes_in_a_row_alone_arrives_with_the_nightly_load(shop: Shop, site: FakeSite) -> None:
    row = next(row for row in site.tables["Sales Invoice Item"] if row["docstatus"] == 1)
    row.update(incoming_rate=9.99, modified=site.tick())
    shop.load(is_deep=True)
    assert shop.value(f"SELECT incoming_rate FROM raw_erpnext.sales_invoice_item WHERE name = '{row['name']}'") == 9.99


def test_a_row_that_becomes_visible_late_is_found_by_the_overlap(shop: Shop, site: FakeSite) -> None:
    late = site.copy("POS Invoice", "ACC-PSINV-2026-00007", "ACC-PSINV-2026-00098")
    site.tables["POS Invoice"].remove(late)
    site.save("POS Invoice", "ACC-PSINV-2026-00008")
    shop.load()
    site.tables["POS Invoice"].append(late)
    shop.load()
    assert shop.value("SELECT count(*) FROM raw_erpnext.pos_invoice WHERE name = 'ACC-PSINV-2026-00098'") == 1


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages so short that every table takes many."""
    for function in (walk.by_column, walk.by_moment, walk.by_parent):
        monkeypatch.setattr(function, "__defaults__", (3,))
    monkeypatch.setattr(walk, "NAMES_PAGE", 4)
    monkeypatch.setattr(walk, "PARENTS_AT_ONCE", 2)


def test_pages_bring_every_row_once_even_of_one_moment(
    new_shop: Callable[..., Shop], site: FakeSite, short_pages: None
) -> None:
    for record in (*site.tables["Item"], *site.tables["Stock Ledger Entry"]):
        record["modified"] = "2026-11-20 05:00:00.000001"
    shop = new_shop()
    shop.load()
    assert counts(shop) == expected(site)
    for record in site.tables["Item"]:
        record.update(item_name="New", modified="2026-11-20 06:30:00.000001")
    shop.load()
    assert shop.rows("SELECT DISTINCT item_name FROM raw_erpnext.item") == [("New",)]


def test_a_document_with_more_rows_than_a_page_is_read_whole(
    new_shop: Callable[..., Shop], site: FakeSite, short_pages: None
) -> None:
    row = site.rows_of("POS Invoice Item", "ACC-PSINV-2026-00003")[0]
    site.tables["POS Invoice Item"] += [row | {"name": f"many{number:06}"} for number in range(10)]
    shop = new_shop()
    shop.load()
    assert counts(shop) == expected(site)


def test_documents_that_change_while_pages_are_read_are_not_skipped(
    shop: Shop, site: FakeSite, short_pages: None
) -> None:
    changed = [record["name"] for record in site.tables["POS Invoice"]][:9]
    for name in changed:
        site.save("POS Invoice", name, status="Seen")
    names = iter(changed)

    def change(doctype: str, arguments: dict[str, Any]) -> None:
        if doctype == "POS Invoice" and "status" not in str(arguments) and (name := next(names, None)):
            site.save("POS Invoice", name, net_total=1.0)

    site.before = change
    shop.load()
    site.before = None
    shop.load()
    net = {record["name"]: record["net_total"] for record in site.tables["POS Invoice"]}
    assert {
        name: float(total) for name, total in shop.rows("SELECT name, net_total FROM raw_erpnext.pos_invoice")
    } == net


def test_names_that_sort_otherwise_in_the_site_are_all_read(
    new_shop: Callable[..., Shop], site: FakeSite, short_pages: None
) -> None:
    for number, name in enumerate(("äpfel", "Birnen", "aprikosen", "Ananas", "Ziege", "bier", "Äpfel2")):
        site.copy("Item", "TEE-LOSE", name, item_code=name, item_name=str(number))
    shop = new_shop()
    shop.load()
    assert counts(shop) == expected(site)


def test_a_needed_field_that_is_gone_is_named(shop: Shop, site: FakeSite) -> None:
    before = shop.dump()
    site.lost = {("POS Invoice Item", "net_amount")}
    with pytest.raises(SourceError, match=r"POS Invoice Item: this site does not give the field net_amount"):
        shop.load()
    assert shop.dump() == before


def test_a_right_that_is_missing_is_declared_and_one_that_is_lost_loses_no_rows(shop: Shop, site: FakeSite) -> None:
    orders = shop.rows("SELECT * FROM raw_erpnext.purchase_order ORDER BY name")
    groups = shop.rows("SELECT * FROM raw_erpnext.item_group ORDER BY name")
    site.closed |= {"Purchase Order", "Item Group"}
    shop.load(is_deep=True)
    assert shop.rows("SELECT * FROM raw_erpnext.purchase_order ORDER BY name") == orders
    assert shop.rows("SELECT * FROM raw_erpnext.item_group ORDER BY name") == groups
    assert shop.rows(
        "SELECT is_available, note FROM raw_erpnext.capabilities WHERE table_name = 'purchase_orders'"
    ) == [(False, "The API user may not read Purchase Order. Grant its role Read on it.")]


def test_a_right_that_is_granted_later_fills_the_table(new_shop: Callable[..., Shop], site: FakeSite) -> None:
    site.closed |= {"Purchase Order"}
    shop = new_shop()
    shop.load()
    assert shop.value("SELECT count(*) FROM raw_erpnext.purchase_order_item") == 0
    site.closed -= {"Purchase Order"}
    shop.load()
    assert counts(shop) == expected(site)


@pytest.mark.parametrize("doctype", ["POS Invoice", "Sales Invoice", "Item", "Warehouse"])
def test_without_what_everything_is_made_from_nothing_is_loaded(shop: Shop, site: FakeSite, doctype: str) -> None:
    site.closed |= {doctype}
    with pytest.raises(SourceError, match=f"{doctype} cannot be read.*Grant the role of the API user Read"):
        shop.load()


def test_a_record_that_cannot_be_a_row_is_quarantined_and_the_rest_arrives(shop: Shop, site: FakeSite) -> None:
    site.save("Item Price", site.tables["Item Price"][0]["name"], price_list_rate="cheap")
    shop.load()
    ((file, reason),) = shop.rows("SELECT file, reason FROM raw_erpnext.quarantine")
    assert (file, reason.startswith("price_list_rate")) == ("Item Price", True)
    assert shop.rows("SELECT DISTINCT read - accepted - quarantined FROM raw_erpnext.loads") == [(0,)]
