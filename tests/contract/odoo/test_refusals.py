"""What the server refuses is said in plain words: the source, the model and what to do, and never a secret."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from connectors.incremental import Capability
from connectors.odoo.login import connect
from connectors.odoo.refusals import OdooRefusal
from retail.errors import SourceError
from tests.contract.odoo.conftest import SOURCE, Reader
from tests.contract.odoo.fake_odoo import KEY, VERSIONS

MakeReader = Callable[..., Reader]
BOTH = ("17.0", "19.0")
"""A version of either transport."""


def refused(reader: Reader) -> str:
    with pytest.raises(SourceError) as caught:
        reader.load()
    message = str(caught.value)
    assert message.startswith("odoo: ")
    assert KEY not in message
    assert "Jane Doe" not in message
    return message


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_key_is_a_wrong_login(make_reader: MakeReader, version: str) -> None:
    with pytest.raises(OdooRefusal, match="login is not accepted") as caught:
        make_reader(version).client(key="another")
    assert "another" not in str(caught.value)


def test_a_wrong_user_is_a_wrong_login(make_reader: MakeReader) -> None:
    with pytest.raises(OdooRefusal, match="login is not accepted"):
        make_reader("16.0").client(user="nobody")


@pytest.mark.parametrize("version", BOTH)
def test_a_wrong_database_is_named_as_such(make_reader: MakeReader, version: str) -> None:
    with pytest.raises(SourceError, match=r"no such database|Check `url`"):
        make_reader(version).client(database="another")


@pytest.mark.parametrize("version", BOTH)
def test_a_model_that_everything_rests_on_must_be_readable(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    reader.fake.denied.add("product.product")
    assert "product.product: this user may not read it. Grant its group read access to product.product" in refused(
        reader
    )


@pytest.mark.parametrize("version", BOTH)
def test_there_must_be_tickets_or_sale_orders(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    reader.fake.denied |= {"pos.order.line", "sale.order"}
    message = refused(reader)
    assert "pos.order.line" in message
    assert "there are no sales" in message


@pytest.mark.parametrize("version", BOTH)
def test_what_is_missing_besides_is_declared_and_the_rest_is_loaded(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    reader.fake.denied |= {"purchase.order", "loyalty.reward"}
    reader.fake.forget("sale.order")
    opened = reader.open()
    assert opened.capabilities["purchase_orders"] == Capability(
        is_available=False, note="Grant the reading user read access to purchase.order (docs/connect/odoo.md)."
    )
    sales = opened.capabilities["sales"]
    assert sales.is_available
    assert "There is no sale.order" in sales.note
    assert opened.capabilities["receipts"].is_available


@pytest.mark.parametrize("version", BOTH)
def test_a_lost_required_field_is_named(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    del reader.fake.fields["pos.order.line"]["price_subtotal"]
    message = refused(reader)
    assert "pos.order.line: there is no field price_subtotal" in message
    assert version in message


@pytest.mark.parametrize("version", BOTH)
def test_a_lost_optional_field_is_null(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    del reader.fake.fields["pos.order.line"]["total_cost"]
    lines = next(one for one in reader.open().readers if one.table.name == "pos_order_line")
    (batch,) = lines.first_load(None)
    assert batch.rows.column("total_cost").null_count == batch.rows.num_rows > 0


@pytest.mark.parametrize("version", BOTH)
def test_a_field_lost_between_looking_and_reading_is_named(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    opened = reader.open()
    del reader.fake.fields["pos.order"]["state"]
    tickets = next(one for one in opened.readers if one.table.name == "pos_order")
    with pytest.raises(OdooRefusal, match=r"odoo: pos.order: it has no field state") as caught:
        list(tickets.first_load(None))
    assert caught.value.kind == "field"


@pytest.mark.parametrize("version", BOTH)
def test_a_server_that_makes_no_totals_is_loaded_all_the_same(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    reader.fake.can_group = False
    opened = reader.open()
    assert "made no totals of pos.order" in opened.capabilities["sales"].note
    assert [list(one.read()) for one in opened.readers if one.table.name.startswith("reported_")] == [[], [], []]


@pytest.mark.parametrize(
    "fault",
    [
        (500, b"<h1>Internal Server Error</h1>", {}),
        (429, b"", {"Retry-After": "0"}),
        (200, b'{"result": [{"id": 1', {}),
    ],
    ids=["broken", "busy", "truncated"],
)
def test_a_passing_fault_is_asked_again(make_reader: MakeReader, fault: tuple[int, bytes, dict[str, str]]) -> None:
    reader = make_reader("19.0")
    client = reader.client()
    reader.fake.faults = [fault, fault]
    assert client.call("pos.order", "search_count", domain=[]) == len(reader.fake.rows["pos.order"])


@pytest.mark.parametrize(
    ("status", "content", "words"),
    [
        (200, b"<html>a page</html>", "no whole JSON"),
        (503, b"", "not available now"),
        (302, b"", "sends to another address"),
        (401, b"", "login is not accepted"),
    ],
)
def test_a_lasting_fault_names_the_model_and_what_to_do(
    make_reader: MakeReader, status: int, content: bytes, words: str
) -> None:
    reader = make_reader("19.0")
    client = reader.client()
    reader.fake.faults = [(status, content, {})] * 10
    with pytest.raises(SourceError, match=words) as caught:
        client.call("pos.order", "search_count", domain=[])
    assert str(caught.value).startswith("odoo: pos.order: ")


def test_a_server_that_does_not_answer_is_named_with_what_was_asked_for() -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("nothing came", request=request)

    with pytest.raises(SourceError, match=r"odoo: the version: odoo.example did not answer in time") as caught:
        connect(SOURCE, KEY, transport=httpx.MockTransport(silent), wait_seconds=0)
    assert caught.value.is_transient


def test_an_answer_of_another_program_is_no_odoo() -> None:
    def other(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps({"result": {"product": "else"}}))

    with pytest.raises(SourceError, match="does not say which Odoo it is"):
        connect(SOURCE, KEY, transport=httpx.MockTransport(other), wait_seconds=0)


def test_a_server_without_the_old_protocol_tells_its_version_elsewhere(make_reader: MakeReader) -> None:
    fake = make_reader("19.0").fake

    def later(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/jsonrpc":
            return httpx.Response(404, content=b"<h1>Not Found</h1>")
        if request.url.path == "/web/version":
            return httpx.Response(200, json={"version_info": [22, 0, 0, "final", 0, ""], "version": "22.0"})
        status, content, headers = fake.answer(request.url.path, dict(request.headers), request.content)
        return httpx.Response(status, content=content, headers=headers)

    client = connect(SOURCE, KEY, transport=httpx.MockTransport(later), wait_seconds=0)
    assert client.version == "22.0"
    assert client.call("pos.order", "search_count", domain=[]) == len(fake.rows["pos.order"])
