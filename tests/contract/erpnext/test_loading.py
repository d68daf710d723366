"""Loads into the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.contract.erpnext.conftest import FakeSite, Shop


def test_a_first_load_brings_every_row(shop: Shop, site: FakeSite) -> None:
    report = shop.load()
    assert report.changed
    for table, doctype in {
        "pos_invoice": "POS Invoice",
        "item": "Item",
        "stock_ledger_entry": "Stock Ledger Entry",
    }.items():
        assert shop.value(f"SELECT count(*) FROM raw_erpnext.{table}") == len(site.tables[doctype])


def test_loading_again_changes_nothing(shop: Shop) -> None:
    shop.load()
    before = shop.dump()
    report = shop.load()
    assert shop.dump() == before
    assert not report.changed
