"""Loads into the warehouse: first, again, after changes and deletions, and when the server does not do its part."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connectors.http import ATTEMPTS
from connectors.inventree import open_source
from connectors.inventree.client import LISTS
from retail.errors import ConfigurationError, SourceError

if TYPE_CHECKING:
    from tests.contract.inventree.conftest import FakeInvenTree, Fault, Shop

PARTS = "/api/part/"
STOCK = "/api/stock/"


@pytest.fixture
def fault(fake: FakeInvenTree) -> Callable[..., Fault]:
    """Make an answer that goes wrong."""
    return fake.fault


def test_a_first_load_brings_every_row(shop: Shop, fake: FakeInvenTree) -> None:
    report = shop.load()
    assert report.changed
    for table, path in {"part": PARTS, "purchase_order": "/api/order/po/", "company": "/api/company/"}.items():
        assert shop.rows(f"SELECT count(*) FROM raw_inventree.{table}") == [(len(fake.rows[path]),)]
    assert shop.rows("SELECT sum(quantity) FROM raw_inventree.stock") == [(Decimal("188.5"),)]
    assert shop.rows("SELECT version, api_version, base_currency, time_zone FROM raw_inventree.server") == [
        ("1.2.0 dev", 423, "USD", "Europe/Paris")
    ]


def test_the_servers_time_zone_may_be_set(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(time_zone="Europe/Berlin")
    shop.load()
    assert shop.rows("SELECT time_zone FROM raw_inventree.server") == [("Europe/Berlin",)]


def test_loading_again_changes_nothing(shop: Shop) -> None:
    shop.load()
    before = shop.dump()
    report = shop.load()
    assert shop.dump() == before
    assert not report.changed


def test_what_changes_is_changed(shop: Shop, fake: FakeInvenTree) -> None:
    shop.load()
    fake.row(STOCK, 1)["quantity"] = 70.5
    fake.row(PARTS, 1)["name"] = "Kaffee 250 g"
    fake.add(STOCK, like=1, quantity=2.0, batch="B2")
    assert shop.load().changed
    assert shop.rows("SELECT sum(quantity) FROM raw_inventree.stock WHERE part = 1") == [(Decimal("144.5"),)]
    assert shop.rows("SELECT name FROM raw_inventree.part WHERE id = 1") == [("Kaffee 250 g",)]


def test_what_is_sold_or_deleted_is_gone(shop: Shop, fake: FakeInvenTree) -> None:
    shop.load()
    fake.row(STOCK, 4).update(in_stock=False, location=None, customer=2, sales_order=1)
    fake.remove(STOCK, 3)
    fake.remove("/api/order/po-line/", 1)
    shop.load()
    assert shop.rows("SELECT id FROM raw_inventree.stock ORDER BY id") == [(1,), (2,), (5,)]
    assert shop.rows("SELECT count(*) FROM raw_inventree.purchase_order_line") == [(0,)]


def test_a_server_with_nothing_on_it_gives_empty_tables(shop: Shop, fake: FakeInvenTree) -> None:
    fake.rows = {path: [] for path in fake.rows}
    shop.load()
    dump = shop.dump()
    assert all(not rows for table, rows in dump.items() if table not in {"server", "capabilities"})
    assert len(dump["server"]) == 1


def test_a_value_that_is_no_number_goes_to_quarantine_and_the_rest_is_loaded(shop: Shop, fake: FakeInvenTree) -> None:
    fake.row(STOCK, 1)["allocated"] = "many"
    report = shop.load()
    assert report.quarantined == 1
    ((reason,),) = shop.rows("SELECT reason FROM raw_inventree.quarantine")
    assert reason == "allocated: 'many' is not a number of at most 14 digits before the point"
    assert shop.rows("SELECT count(*) FROM raw_inventree.stock") == [(4,)]


def test_a_company_in_quarantine_is_not_quoted(shop: Shop, fake: FakeInvenTree) -> None:
    fake.row("/api/company/", 2).update(is_customer=1, active="Eva Example")
    shop.load()
    ((reason, text),) = shop.rows("SELECT reason, row_text FROM raw_inventree.quarantine")
    assert "Eva" not in reason
    assert "Müller" not in reason + (text or "")


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (403, "does not allow this user to read it"),
        (404, "does not know it"),
        (429, "gets too many requests"),
        (500, "had an error of its own"),
        (503, "is not available now"),
    ],
)
def test_a_refusal_names_the_source_the_table_and_what_to_do(
    shop: Shop, fake: FakeInvenTree, fault: Callable[..., Fault], status: int, says: str
) -> None:
    fake.break_next(PARTS, *[fault(status, b'{"detail": "secret-of-the-server"}')] * ATTEMPTS)
    with pytest.raises(SourceError, match=rf"inventree: parts: .* {says}") as error:
        shop.read("part")
    assert "secret" not in str(error.value)


def test_a_load_that_fails_half_way_leaves_what_was_there_and_the_next_one_makes_up_for_it(
    shop: Shop, fake: FakeInvenTree, fault: Callable[..., Fault]
) -> None:
    shop.load()
    before = shop.dump()
    fake.row(STOCK, 1)["quantity"] = 1.0
    fake.break_next("/api/company/", *[fault(500)] * ATTEMPTS)
    with pytest.raises(SourceError, match=r"inventree: companies: "):
        shop.load()
    assert shop.dump() == before
    shop.load()
    assert shop.rows("SELECT quantity FROM raw_inventree.stock WHERE id = 1") == [(Decimal(1),)]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_was_busy_for_a_moment_is_asked_again(
    shop: Shop, fake: FakeInvenTree, fault: Callable[..., Fault], status: int
) -> None:
    fake.break_next(PARTS, fault(status, headers={"Retry-After": "1"}), fault(status))
    assert shop.read("part").num_rows == 5
    assert len(fake.asked(PARTS)) == 3


def test_an_answer_that_breaks_off_is_asked_for_again(
    shop: Shop, fake: FakeInvenTree, fault: Callable[..., Fault]
) -> None:
    fake.break_next(PARTS, fault(body=b'{"count": 5, "results": [{"pk"', promised=4000))
    assert shop.read("part").num_rows == 5


def test_half_a_json_is_no_answer(shop: Shop, fake: FakeInvenTree, fault: Callable[..., Fault]) -> None:
    fake.break_next(PARTS, *[fault(body=b'{"count": 5, "results": [{"pk"')] * ATTEMPTS)
    with pytest.raises(SourceError, match=r"inventree: parts: .* no whole JSON"):
        shop.read("part")


@pytest.mark.parametrize("body", [[], {"results": []}, {"count": 5}, {"count": 1, "results": [1]}, "text", None])
def test_an_answer_that_is_no_page_is_an_error(
    shop: Shop, fake: FakeInvenTree, fault: Callable[..., Fault], body: object
) -> None:
    fake.break_next(PARTS, fault(body=json.dumps(body).encode()))
    with pytest.raises(SourceError, match=r"inventree: parts: .* did not answer with a page of a list"):
        shop.read("part")


@pytest.mark.parametrize(
    ("path", "field", "table"),
    [
        (STOCK, "in_stock", "stock items"),
        (PARTS, "IPN", "parts"),
        ("/api/order/po-line/", "received", "purchase order lines"),
        ("/api/company/part/", "pack_quantity_native", "supplier parts"),
    ],
)
def test_a_field_that_is_gone_is_an_error_and_no_column_of_nothing(
    shop: Shop, fake: FakeInvenTree, path: str, field: str, table: str
) -> None:
    fake.hidden = {path: {field}}
    with pytest.raises(SourceError, match=rf"inventree: {table}: .* answers without {field}"):
        _read_all(shop)


def test_fields_that_some_versions_leave_out_may_be_gone(shop: Shop, fake: FakeInvenTree) -> None:
    fake.hidden = {"/api/order/po-line/": {"internal_part", "destination_detail"}}
    (line,) = shop.read("purchase_order_line").to_pylist()
    assert (line["part"], line["usual_destination"], line["supplier_part"]) == (None, None, 1)


def test_a_wrong_token_is_said_and_not_shown(make_shop: Callable[..., Shop], fake: FakeInvenTree) -> None:
    shop = make_shop(token="inv-wrong-secret")
    with pytest.raises(SourceError, match=r"inventree: login: .* does not accept the token") as error:
        open_source(shop.source, shop.workspace, shop.settings)
    assert "inv-wrong-secret" not in str(error.value)
    assert fake.asked(STOCK) == []


def test_an_address_without_inventree_is_said(
    make_shop: Callable[..., Shop], fake: FakeInvenTree, fault: Callable[..., Fault]
) -> None:
    shop = make_shop()
    fake.about = {"server": "Another"}
    with pytest.raises(ConfigurationError, match="inventree: url: no InvenTree answers at"):
        open_source(shop.source, shop.workspace, shop.settings)
    fake.break_next("/api/", fault(404))
    with pytest.raises(ConfigurationError, match="inventree: url: no InvenTree answers at"):
        open_source(shop.source, shop.workspace, shop.settings)


def test_the_address_of_the_api_will_do(make_shop: Callable[..., Shop], fake: FakeInvenTree) -> None:
    assert make_shop(url=f"{fake.url}/api/").read("part").num_rows == 5


def test_a_server_that_is_down_is_said(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(url="http://127.0.0.1:9")
    with pytest.raises(SourceError, match=r"inventree: server: 127.0.0.1:9 cannot be reached"):
        open_source(shop.source, shop.workspace, shop.settings)


def test_the_token_is_nowhere_in_the_workspace(shop: Shop, fake: FakeInvenTree) -> None:
    shop.load()
    secret = fake.token.encode()
    holders = [path for path in shop.workspace.root.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert holders == []


def test_every_list_of_the_fake_server_is_one_that_is_read(fake: FakeInvenTree) -> None:
    assert {path.removeprefix("/") for path in fake.rows} == LISTS


def _read_all(shop: Shop) -> None:
    opened = open_source(shop.source, shop.workspace, shop.settings)
    try:
        for reader in opened.readers:
            list(reader.read())
    finally:
        opened.close()
