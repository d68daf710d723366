"""`tillsight connect` and `doctor`: what was found, and what is missing and what to do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.odoo import check, open_source
from connectors.odoo.checking import look
from connectors.odoo.settings import OdooSource
from retail.errors import ConfigurationError
from retail.settings import Settings
from tests.contract.odoo.conftest import SOURCE, Reader
from tests.contract.odoo.fake_odoo import DATABASE, KEY, USER, VERSIONS, FakeOdoo

MakeReader = Callable[..., Reader]


@pytest.fixture
def serve() -> Iterator[Callable[[FakeOdoo], str]]:
    """Serve a fake over a real socket; returns its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(fake: FakeOdoo) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer, headers = fake.answer(self.path, dict(self.headers), content)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_good_login_lists_what_it_found(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    checkup = look(reader.client(), SOURCE)
    assert checkup.server == f"Odoo {version} at https://odoo.example"
    assert checkup.stores == ["Store 1", "Store 2"]
    assert checkup.products == 10
    assert checkup.first_sale_at == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert checkup.last_sale_at == datetime(2026, 2, 27, 12, tzinfo=UTC)
    assert checkup.currency == "USD"
    assert checkup.time_zone == "America/New_York"
    missing = [problem.what for problem in checkup.problems]
    assert all("loyalty" in what for what in missing)
    assert bool(missing) == (version == "14.0")
    assert checkup.is_usable


@pytest.mark.parametrize("version", ["16.0", "19.0"])
def test_what_is_missing_is_said_with_what_it_is_for(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    reader.fake.denied |= {"purchase.order"}
    reader.fake.forget("sale.order")
    reader.fake.forget("sale.order.line")
    checkup = look(reader.client(), SOURCE)
    found = {problem.what: problem.remedy for problem in checkup.problems}
    missing = "purchase.order cannot be read, so these are missing: purchase orders and their lead times"
    assert found[missing].startswith("Grant the group of the reading user read access to purchase.order")
    assert found["sale.order cannot be read, so these are missing: sale orders"] == (
        "Install Sales, if the shop uses it."
    )
    assert checkup.is_usable


def test_nothing_can_be_loaded_without_sales(make_reader: MakeReader) -> None:
    reader = make_reader("17.0")
    reader.fake.denied |= {"pos.session", "sale.order.line"}
    checkup = look(reader.client(), SOURCE)
    assert not checkup.is_usable
    assert "neither tickets nor sale orders can be read" in [problem.what for problem in checkup.problems]


def test_a_version_that_was_never_tried_is_named(make_reader: MakeReader) -> None:
    reader = make_reader("19.0")
    reader.fake.version = "saas~20.1"
    checkup = look(reader.client(), SOURCE)
    assert any("Odoo 20.1 was never tried" in problem.what for problem in checkup.problems)


@pytest.mark.parametrize("version", ["14.0", "19.0"])
def test_a_check_over_the_network_with_the_key_of_the_settings(
    make_reader: MakeReader, serve: Callable[[FakeOdoo], str], version: str
) -> None:
    reader = make_reader(version)
    source = OdooSource(type="odoo", url=serve(reader.fake), database=DATABASE, user=USER)
    settings = Settings(odoo_api_key=KEY)
    assert check(source, reader.workspace, settings).is_usable
    opened = open_source(source, reader.workspace, settings)
    assert opened.capabilities["sales"].is_available
    opened.close()


def test_a_wrong_key_is_a_problem_that_says_what_to_do(
    make_reader: MakeReader, serve: Callable[[FakeOdoo], str]
) -> None:
    reader = make_reader("17.0")
    source = OdooSource(type="odoo", url=serve(reader.fake), database=DATABASE, user=USER)
    checkup = check(source, reader.workspace, Settings(odoo_api_key="a-wrong-one"))
    (problem,) = checkup.problems
    assert problem.is_fatal
    assert "login is not accepted" in problem.what
    assert "plan is Custom" in problem.what
    assert "a-wrong-one" not in problem.what


def test_without_a_key_the_message_says_where_to_put_it(make_reader: MakeReader) -> None:
    with pytest.raises(ConfigurationError, match="TILLSIGHT_ODOO_API_KEY"):
        check(SOURCE, make_reader("17.0").workspace, Settings())
