"""What the client sends, and what it refuses to send."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connectors.erpnext import client as client_module
from connectors.erpnext.client import READING, Query
from connectors.erpnext.source import open_client
from connectors.erpnext.tables import TABLES
from connectors.http import HttpError
from retail.errors import SourceError

if TYPE_CHECKING:
    from tests.contract.erpnext.conftest import FakeSite, Fault, Shop

SOURCES = Path(client_module.__file__).parent
pytestmark = pytest.mark.parametrize("version", [17], indirect=True, scope="session")
"""Here the versions do not differ; what does is in test_versions.py, test_marts.py and test_traps.py."""

WRITING = [
    ("POST", "api/resource/Item"),
    ("POST", "api/method/frappe.client.insert"),
    ("POST", "api/method/frappe.client.save"),
    ("POST", "api/method/frappe.client.set_value"),
    ("POST", "api/method/frappe.client.submit"),
    ("POST", "api/method/frappe.client.cancel"),
    ("POST", "api/method/frappe.client.delete"),
    ("POST", "api/method/frappe.client.get_count"),
    ("POST", "api/method/run_doc_method"),
    ("POST", "api/method/frappe.client.get_list/../frappe.client.delete"),
    ("GET", "api/method/frappe.client.get_list"),
    ("GET", "api/method/frappe.client.delete"),
    ("GET", "api/method/logout"),
    ("GET", "api/v2/document/Item"),
    ("GET", "api/resource"),
    ("GET", "api/resource/Item/X/method/delete"),
    ("GET", "api/resource/Item?run_method=x"),
    ("PUT", "api/resource/Item/X"),
    ("DELETE", "api/resource/Item/X"),
]


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_whatever_does_not_read_is_refused_before_it_is_sent(
    new_shop: Callable[..., Shop], site: FakeSite, method: Any, path: str
) -> None:
    shop = new_shop()
    client = open_client(shop.source, shop.workspace, shop.settings)
    with pytest.raises(SourceError, match="only read"):
        client.call(method, path, what="a test")
    assert not site.requests
    client.close()


def test_every_request_of_a_load_and_of_a_look_is_one_that_reads(shop: Shop, site: FakeSite) -> None:
    shop.load(is_deep=True)
    shop.check()
    allowed = {(method, f"/api/method/{name}") for method, name in READING}
    for method, path, _ in site.requests:
        assert (method == "GET" and path.startswith("/api/resource/")) or (method, path) in allowed


def test_no_module_but_the_client_sends_requests(version: int) -> None:
    """Only `client.py` may touch the transport, and its one way out checks the allow-list."""
    for path in SOURCES.glob("*.py"):
        tree = ast.parse(path.read_text())
        sends = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "request"]
        assert len(sends) == (1 if path.name == "client.py" else 0), path.name
        assert not re.search(r"import (httpx|requests)|urllib\.request", path.read_text()), path.name


def test_lists_are_ordered_and_children_come_with_the_type_of_their_parent(shop: Shop, site: FakeSite) -> None:
    shop.load(is_deep=True)
    children = {table.doctype for table in TABLES if table.parent}
    for _, path, arguments in site.requests:
        doctype = arguments.get("doctype") or path.split("/")[-1]
        if "fields" not in arguments:
            continue
        assert int(arguments["limit_page_length"]) >= 0
        assert arguments.get("order_by") or "count" in str(arguments["fields"]).lower()
        if doctype in children:
            assert ["parenttype", "=", arguments["parent"]] in arguments["filters"]


def test_a_long_list_of_names_goes_into_a_body(new_shop: Callable[..., Shop], site: FakeSite) -> None:
    opened = new_shop().open()
    names = [f"ACC-PSINV-2026-{number:05}" for number in range(2000)]
    found = opened.client.records(Query("POS Invoice", ["name"], [["name", "in", names]], "name asc"))
    assert site.requests[-1][0] == "POST"
    assert len(found) == len(site.tables["POS Invoice"])
    opened.close()


def test_a_busy_site_is_asked_again_and_one_that_wants_an_hour_is_not(
    shop: Shop, site: FakeSite, fault: type[Fault]
) -> None:
    opened = shop.open()
    site.faults["Item"] = [fault(429, headers={"Retry-After": "2"}), fault(500)]
    assert opened.client.records(Query("Item", ["name"], order_by="name asc"))
    site.faults["Item"] = [fault(429, headers={"Retry-After": "2209"})]
    with pytest.raises(HttpError, match=r"Item.*too many requests.*37 minutes"):
        opened.client.records(Query("Item", ["name"], order_by="name asc"))
    opened.close()


@pytest.mark.parametrize(
    ("status", "body", "promised", "said"),
    [
        (401, b"{}", None, "does not accept the login"),
        (403, b"{}", None, "does not allow this user"),
        (500, b"{}", None, "had an error of its own"),
        (502, b"<html>", None, "cannot reach the application"),
        (200, b'{"data": [{"name"', None, "no whole JSON"),
        (200, b'{"data": [', 5000, "broke off its answer"),
        (200, b'{"docs": []}', None, "something else than was asked for"),
    ],
)
def test_a_broken_answer_is_named_with_the_table(
    shop: Shop, site: FakeSite, fault: type[Fault], status: int, body: bytes, promised: int | None, said: str
) -> None:
    before = shop.dump()

    def break_after_the_look(doctype: str, arguments: dict[str, Any]) -> None:
        if arguments["limit_page_length"] not in {"1", 1}:
            site.faults.setdefault("Sales Invoice Item", [fault(status, body, promised=promised) for _ in range(10)])

    site.save("Sales Invoice", site.tables["Sales Invoice"][0]["name"])
    site.before = break_after_the_look
    with pytest.raises(SourceError, match=f"erpnext: Sales Invoice Item: .*{said}") as caught:
        shop.load()
    assert "secret" not in str(caught.value)
    assert shop.dump() == before


def test_neither_key_nor_secret_is_in_the_warehouse(shop: Shop) -> None:
    shop.load(is_deep=True)
    content = shop.workspace.warehouse.read_bytes()
    assert b"a1b2c3" not in content
    assert b"d4e5f6" not in content
