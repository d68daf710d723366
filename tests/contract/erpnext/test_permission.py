"""Permission to store contacts that is given or taken back later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contacts import contact_hasher

if TYPE_CHECKING:
    from tests.contract.erpnext.conftest import FakeSite, Shop

PERSON = "Ines O'Brien"
TABLES = ("customer.name", "pos_invoice.customer", "sales_invoice.customer")


def keys(shop: Shop, column: str) -> set[str]:
    table, name = column.split(".")
    return {key for (key,) in shop.rows(f"SELECT DISTINCT {name} FROM raw_erpnext.{table} WHERE {name} IS NOT NULL")}


def test_permission_given_and_taken_back_changes_every_row_that_names_a_person(shop: Shop, site: FakeSite) -> None:
    site.save("Customer", PERSON, email_id="ines@home.test")
    shop.load()
    before = {column: keys(shop, column) for column in TABLES}
    assert contact_hasher(shop.workspace).text(PERSON) in before["customer.name"]

    replace(shop, store_contacts=True).load()
    stored = {column: keys(shop, column) for column in TABLES}
    assert PERSON in stored["customer.name"]
    assert all(stored[column] <= stored["customer.name"] for column in TABLES)

    shop.load()
    assert {column: keys(shop, column) for column in TABLES} == before
    assert shop.rows("SELECT name FROM raw_erpnext.customer WHERE email IS NOT NULL OR customer_name IS NOT NULL") == []
