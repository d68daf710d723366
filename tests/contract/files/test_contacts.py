"""Names, e-mail addresses and telephone numbers stay out of the warehouse unless the source may store them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from connectors.contacts import contact_hasher
from connectors.files.settings import FilesSource

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

HEADER = "customer_id,joined_date,name,email,phone\n"
ADA = "C1,2025-01-01,Ada Byron,Ada@Example.org,+44 20 1\n"
GRACE = "C2,not a day,Grace Hopper,grace@example.org,55\n"
CUT_SHORT = "C3,Emmy Noether\n"
CONTACTS = "SELECT name, email, phone FROM raw_files.customers ORDER BY customer_id"
WORDS = ("Ada", "Byron", "example.org", "Grace", "Hopper", "Emmy", "+44 20 1")


def everything(shop: Shop) -> str:
    return repr(shop.dump())


def test_contacts_are_hashed_and_nothing_else_of_them_is_kept(shop: Shop) -> None:
    shop.write("customers.csv", HEADER + ADA + GRACE + CUT_SHORT + "C1,2025-01-02,Ada King,ada@example.org ,+44201\n")
    report = shop.load()
    assert report.tables["customers"].quarantined == 3
    hasher = contact_hasher(shop.workspace)
    hashes = (hasher.email("ada@example.org"), hasher.phone("44201"))
    assert shop.rows("SELECT name, email, phone, email_hash, phone_hash FROM raw_files.customers") == [
        (None, None, None, *hashes)
    ]
    assert shop.reasons("customers") == [
        (2, "a later line of the file has the same customer_id"),
        (3, "joined_date is not a date such as 2024-05-31"),
        (4, "fewer values than the header has columns"),
    ]
    assert [word for word in WORDS if word in everything(shop)] == []


def test_a_source_that_may_store_contacts_keeps_them_and_hashes_them_too(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(store_contacts=True)
    shop.write("customers.csv", HEADER + ADA + GRACE)
    shop.load()
    assert shop.rows(CONTACTS) == [("Ada Byron", "Ada@Example.org", "+44 20 1")]
    hashed = contact_hasher(shop.workspace).email("ada@example.org")
    assert shop.rows("SELECT email_hash FROM raw_files.customers") == [(hashed,)]
    assert shop.reasons("customers") == [(3, "joined_date is not a date such as 2024-05-31: not a day")]


def test_withdrawing_the_permission_removes_contacts_that_are_stored(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(store_contacts=True)
    gone = shop.write("customers-2024.csv", HEADER + "C0,2024-01-01,Mary Somerville,mary@example.org,1\n")
    shop.write("customers-2025.csv", HEADER + ADA + GRACE)
    shop.load()
    gone.unlink()
    shop.source = replace_permission(shop, allowed=False)
    assert shop.load().changed
    assert shop.rows(CONTACTS) == [(None, None, None), (None, None, None)]
    assert [word for word in (*WORDS, "Mary") if word in everything(shop)] == []
    hashed = contact_hasher(shop.workspace).email("mary@example.org")
    assert shop.rows("SELECT email_hash FROM raw_files.customers WHERE customer_id = 'C0'") == [(hashed,)]
    assert not shop.load().changed


def test_giving_the_permission_reads_customers_again(shop: Shop) -> None:
    shop.write("customers.csv", HEADER + ADA)
    shop.write("products.csv", "product_id\nP1\n")
    shop.load()
    shop.source = replace_permission(shop, allowed=True)
    report = shop.load()
    assert report.tables["customers"].files_loaded == 1
    assert report.tables["products"].files_unchanged == 1
    assert shop.rows("SELECT name FROM raw_files.customers") == [("Ada Byron",)]


def test_a_record_with_columns_that_no_table_takes_leaves_no_text(shop: Shop) -> None:
    shop.write(
        "sale_lines.csv", "store_id,product_id,sold_at,quantity,net_amount,buyer\nS1,P1,x,1,1,Ada Byron\nAda,Byron\n"
    )
    shop.load()
    assert [word for word in WORDS if word in everything(shop)] == []
    assert shop.rows("SELECT line, row_text FROM raw_files.quarantine ORDER BY line") == [(2, "S1,P1,x,1,1"), (3, "")]


def replace_permission(shop: Shop, *, allowed: bool) -> FilesSource:
    return shop.source.model_copy(update={"store_contacts": allowed})
