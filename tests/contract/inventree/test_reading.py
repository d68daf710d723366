"""What the readers give for what was recorded, and how they page."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import connectors.inventree
from connectors.incremental import RETAIL_TABLES
from connectors.inventree import listing, open_source
from connectors.inventree.client import LISTS, READING_PATHS, InvenTreeClient
from connectors.inventree.tables import LISTINGS
from retail.errors import SourceError

if TYPE_CHECKING:
    from tests.contract.inventree.conftest import FakeInvenTree, Shop

STOCK = "/api/stock/"


def test_stock_that_was_sold_is_not_read(shop: Shop, fake: FakeInvenTree) -> None:
    assert sorted(shop.read("stock")["id"].to_pylist()) == [1, 2, 3, 4, 5]
    assert {row["pk"] for row in fake.rows[STOCK] if not row["in_stock"]} == {6}


def test_every_request_asks_for_a_page(shop: Shop, fake: FakeInvenTree) -> None:
    opened = open_source(shop.source, shop.workspace, shop.settings)
    for reader in opened.readers:
        list(reader.read())
    opened.close()
    lists = [params for _, path, params in fake.requests if path.removeprefix("/") in LISTS]
    assert len(lists) == len(LISTINGS)
    assert all({"limit", "offset", "ordering"} <= set(params) for params in lists)


def test_values_arrive_in_their_types(shop: Shop) -> None:
    (line,) = shop.read("purchase_order_line").to_pylist()
    assert line["quantity"] == Decimal(10)
    assert line["received"] == Decimal(4)
    assert line["purchase_price"] == "55.0"
    assert (line["purchase_order"], line["supplier_part"], line["part"]) == (1, 1, 1)
    assert line["destination"] is None
    assert line["usual_destination"] == 1


@pytest.mark.parametrize("page_size", [1, 2, 3, 7])
def test_rows_come_once_each_although_equal_rows_change_places_between_pages(
    shop: Shop, fake: FakeInvenTree, monkeypatch: pytest.MonkeyPatch, page_size: int
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", page_size)
    for _ in range(40):
        fake.add(STOCK, like=1)
    assert sorted(shop.read("stock")["id"].to_pylist()) == sorted({1, 2, 3, 4, 5, *range(7, 47)})


def test_a_row_added_between_two_pages_is_read(
    shop: Shop, fake: FakeInvenTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    _once_at(fake, 1, lambda: fake.add("/api/part/", like=1, name="Aa", IPN="NEW"))
    assert sorted(shop.read("part")["id"].to_pylist()) == [1, 2, 3, 4, 5, 6]


def test_a_row_removed_between_two_pages_hides_no_other(
    shop: Shop, fake: FakeInvenTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    _once_at(fake, 1, lambda: fake.remove("/api/part/", 4))
    assert sorted(shop.read("part")["id"].to_pylist()) == [1, 2, 3, 5]


def test_a_row_replaced_by_another_between_two_pages_is_noticed(
    shop: Shop, fake: FakeInvenTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)

    def swap() -> None:
        fake.remove("/api/part/", 4)
        fake.add("/api/part/", like=1, name="Zz", IPN="NEW")

    _once_at(fake, 1, swap)
    assert sorted(shop.read("part")["id"].to_pylist()) == [1, 2, 3, 5, 6]


def test_a_list_that_never_keeps_still_is_an_error_and_no_wrong_answer(shop: Shop, fake: FakeInvenTree) -> None:
    # Between counting and reading the rows of one request the server is as little still as between two.
    def add(path: str, _: dict[str, str]) -> None:
        if path == "/api/part/":
            fake.rows[path].append(fake.rows[path][0])

    fake.before = add
    with pytest.raises(SourceError, match=r"inventree: parts: .* changed every time it was read") as error:
        shop.read("part")
    assert error.value.is_transient


def test_a_server_that_gives_less_than_asked_for_is_read_to_the_end(shop: Shop, fake: FakeInvenTree) -> None:
    def cap(_: str, params: dict[str, str]) -> None:
        params["limit"] = "2"

    fake.before = cap
    assert sorted(shop.read("part")["id"].to_pylist()) == [1, 2, 3, 4, 5]


def test_locations_know_their_topmost_one(shop: Shop, fake: FakeInvenTree) -> None:
    fake.add("/api/stock/location/", like=1, name="Regal", parent=1, pathstring="Lager/Regal")
    fake.add("/api/stock/location/", like=1, name="Fach", parent=3, pathstring="Lager/Regal/Fach")
    tops = {row["id"]: row["top"] for row in shop.read("location").to_pylist()}
    assert tops == {1: 1, 2: 2, 3: 1, 4: 1}


def test_a_category_has_the_names_of_those_above_it_even_with_a_slash(shop: Shop, fake: FakeInvenTree) -> None:
    fake.add("/api/part/category/", like=1, name="Röst/Filter", parent=1, pathstring="Kaffee/Röst/Filter")
    paths = {row["id"]: row["path"] for row in shop.read("category").to_pylist()}
    assert paths == {1: "Kaffee", 2: "Kaffee > Röst/Filter"}


def test_customers_are_numbers_and_hashes(shop: Shop, fake: FakeInvenTree) -> None:
    fake.row("/api/company/", 2).update(email="Eva@Example.test", phone="+49 30 1")
    customer, supplier = sorted(shop.read("company").to_pylist(), key=lambda row: row["is_supplier"])
    assert (customer["name"], customer["email"], customer["phone"]) == (None, None, None)
    assert len(customer["email_hash"]) == len(customer["phone_hash"]) == 32
    assert supplier["name"] == "Nordkaffee GmbH"
    assert (supplier["email_hash"], supplier["phone_hash"]) == (None, None)


def test_customers_are_kept_by_permission(make_shop: Callable[..., Shop], fake: FakeInvenTree) -> None:
    fake.row("/api/company/", 2).update(email="eva@example.test", phone="+49 30 1")
    customer = next(row for row in make_shop(store_contacts=True).read("company").to_pylist() if row["is_customer"])
    assert (customer["name"], customer["email"], customer["phone"]) == ("Café Müller", "eva@example.test", "+49 30 1")


def test_a_suppliers_contacts_are_not_read_even_by_permission(
    make_shop: Callable[..., Shop], fake: FakeInvenTree
) -> None:
    fake.row("/api/company/", 1).update(email="sales@example.test", phone="1")
    supplier = next(row for row in make_shop(store_contacts=True).read("company").to_pylist() if row["is_supplier"])
    assert (supplier["email"], supplier["phone"]) == (None, None)


def test_rates_are_of_the_servers_own_currency(shop: Shop, fake: FakeInvenTree) -> None:
    fake.rates = {"base_currency": "USD", "exchange_rates": {"USD": 1.0, "EUR": 0.9}, "updated": "2026-11-20T04:29:41Z"}
    (rate,) = shop.read("exchange_rate").to_pylist()
    assert (rate["currency"], rate["base_currency"], rate["rate"]) == ("EUR", "USD", "0.9")


def test_a_table_that_may_not_be_viewed_is_empty_and_said_to_be_missing(shop: Shop, fake: FakeInvenTree) -> None:
    fake.take_right("purchaseorder")
    opened = open_source(shop.source, shop.workspace, shop.settings)
    assert shop.read("purchase_order").num_rows == 0
    assert not opened.capabilities["purchase_orders"].is_available
    assert "reader may not view purchase orders" in opened.capabilities["purchase_orders"].note
    assert "Purchase Orders, view only" in opened.capabilities["purchase_orders"].note
    assert opened.capabilities["stock_levels"].is_available
    opened.close()
    assert fake.asked("/api/order/po/") == []


def test_every_table_of_the_model_is_there_or_declared_missing(shop: Shop) -> None:
    opened = open_source(shop.source, shop.workspace, shop.settings)
    opened.close()
    assert set(opened.capabilities) == set(RETAIL_TABLES)
    missing = {table for table, capability in opened.capabilities.items() if not capability.is_available}
    assert missing == {"sales", "sale_lines", "payments", "stock_movements", "prices", "promotions"}
    assert all(capability.note for capability in opened.capabilities.values())


def test_a_user_without_stock_cannot_be_used(shop: Shop, fake: FakeInvenTree) -> None:
    fake.take_right("stockitem")
    with pytest.raises(SourceError, match="stock items: reader may not view them"):
        open_source(shop.source, shop.workspace, shop.settings)


def test_a_superuser_may_view_everything(shop: Shop, fake: FakeInvenTree) -> None:
    fake.roles |= {"is_superuser": True, "permissions": {}}
    assert shop.read("part").num_rows == 5


def test_only_get_is_sent_and_only_to_the_listed_paths(shop: Shop, fake: FakeInvenTree) -> None:
    shop.load()
    assert {method for method, _, _ in fake.requests} == {"GET"}
    assert {path.removeprefix("/") for _, path, _ in fake.requests} == READING_PATHS


def test_no_other_path_that_the_server_has_can_be_asked_for(shop: Shop, fake: FakeInvenTree) -> None:
    known = json.loads((fake.recordings / "_get_params.json").read_text())
    others = {path.lstrip("/") for path in known} - READING_PATHS
    assert len(others) > 20
    client = InvenTreeClient(shop.source, "token")
    for path in {*others, "api/stock/1/", "api/order/po/1/receive/", "api/user/token/", "/api/part/", "../admin/", ""}:
        with pytest.raises(ValueError, match="not among the paths"):
            client.get(path, "anything")
    client.close()
    assert fake.requests == []


def test_the_connector_has_no_word_for_any_other_method() -> None:
    sources = list(Path(connectors.inventree.__file__).parent.glob("*.py"))
    assert len(sources) > 8
    words = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert "GET" in words
    assert words & {"POST", "PUT", "PATCH", "DELETE", "post", "put", "patch", "delete"} == set()
    calls = {
        node.attr
        for source in sources
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert calls & {"post", "put", "patch", "delete", "send", "stream"} == set()


def _once_at(fake: FakeInvenTree, offset: int, change: Callable[[], object]) -> None:
    """Change something just before the first page at that offset is answered."""
    done: list[int] = []

    def before(_: str, params: dict[str, str]) -> None:
        if not done and params.get("offset") == str(offset):
            done.append(offset)
            change()

    fake.before = before
