"""Customers: their names are keys, and stay out of the warehouse unless they may be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import duckdb
import pytest

from connectors.contacts import contact_hasher

if TYPE_CHECKING:
    from tests.contract.erpnext.conftest import FakeSite, Shop

pytestmark = pytest.mark.parametrize("version", [17], indirect=True, scope="session")
"""Here the versions do not differ; what does is in test_versions.py, test_marts.py and test_traps.py."""

PERSON = "Ines O'Brien"
TRACES = ("Brien", "ines@home.test", "0151", "Müller", "probe.test")


@pytest.fixture
def person(site: FakeSite) -> str:
    """A customer with an address and a number."""
    site.save("Customer", PERSON, email_id="Ines@home.test", mobile_no="+49 151 000")
    return PERSON


def everything(shop: Shop) -> str:
    """All text of the warehouse, dlt's own state included."""
    with duckdb.connect(str(shop.workspace.warehouse)) as connection:
        tables = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        return "\n".join(
            repr(connection.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()) for schema, table in tables
        )


def test_no_name_address_or_number_reaches_the_warehouse(shop: Shop, site: FakeSite, person: str) -> None:
    site.save("Customer", "Café Müller", modified_by="x")
    site.save("Item Price", site.tables["Item Price"][0]["name"], customer=person)
    shop.load(is_deep=True)
    text = everything(shop)
    assert [trace for trace in TRACES if trace in text] == []


def test_the_key_is_the_same_hash_wherever_a_customer_is_named(shop: Shop, site: FakeSite, person: str) -> None:
    shop.load()
    hasher = contact_hasher(shop.workspace)
    key = hasher.text(person)
    assert shop.rows(f"SELECT email_hash, phone_hash, email FROM raw_erpnext.customer WHERE name = '{key}'") == [
        (hasher.email("ines@home.test"), hasher.phone("49151000"), None)
    ]
    invoices = [record for record in site.tables["POS Invoice"] if record["customer"] == person]
    assert shop.value(f"SELECT count(*) FROM raw_erpnext.pos_invoice WHERE customer = '{key}'") == len(invoices) > 0


def test_contacts_are_stored_where_they_may_be(new_shop: Callable[..., Shop], person: str) -> None:
    shop = new_shop(store_contacts=True)
    shop.load()
    assert shop.rows("SELECT name, customer_name, email, phone FROM raw_erpnext.customer WHERE email IS NOT NULL") == [
        (person, person, "Ines@home.test", "+49 151 000")
    ]


def test_a_renamed_customer_is_renamed_in_invoices(shop: Shop, site: FakeSite) -> None:
    site.rename("Customer", PERSON, "Ines Meyer")
    shop.load(is_deep=True)
    hasher = contact_hasher(shop.workspace)
    old, new = hasher.text(PERSON), hasher.text("Ines Meyer")
    keys = {name for (name,) in shop.rows("SELECT name FROM raw_erpnext.customer")}
    assert new in keys
    assert old not in keys
    assert shop.value(f"SELECT count(*) FROM raw_erpnext.pos_invoice WHERE customer = '{old}'") == 0
    assert shop.value(f"SELECT count(*) FROM raw_erpnext.pos_invoice WHERE customer = '{new}'") > 0


def test_a_customer_that_cannot_be_a_row_is_not_quoted(shop: Shop, site: FakeSite) -> None:
    site.save("POS Invoice", "ACC-PSINV-2026-00003", change_amount="many")
    shop.load()
    ((reason, text),) = shop.rows("SELECT reason, row_text FROM raw_erpnext.quarantine")
    assert reason.startswith("change_amount")
    assert text == ""


def test_an_order_that_a_customer_made_names_no_cashier(shop: Shop, site: FakeSite) -> None:
    orders = [one["name"] for one in site.tables["Sales Invoice"] if not one["is_pos"]]
    site.save("Sales Invoice", orders[0], owner="ines.obrien@home.test")
    shop.load()
    assert shop.value(f"SELECT count(owner) FROM raw_erpnext.sales_invoice WHERE name = '{orders[0]}'") == 0
    assert shop.rows("SELECT DISTINCT owner FROM raw_erpnext.pos_invoice ORDER BY 1")[-1] == ("anna",)
