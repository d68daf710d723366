"""From a login to loaded tables through the command line alone, on a server of each kind, leaving no credential."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from connectors.credentials import CREDENTIALS
from retail.workspace import Workspace
from tests.contract.erpnext import fake_site as erpnext
from tests.contract.inventree import conftest as inventree
from tests.contract.leaks import files_with, forms
from tests.contract.odoo import fake_odoo
from tests.contract.odoo.shop import furnished
from tests.contract.ospos import conftest as ospos


@dataclass
class Server:
    """A running server, as `connect` is told about it.

    Attributes:
        arguments: What follows `tillsight connect`.
        secrets: The credentials, in the order in which they are asked for.
    """

    arguments: tuple[str, ...]
    secrets: tuple[str, ...]

    @property
    def system(self) -> str:
        return self.arguments[0]


@contextmanager
def odoo_server(version: str) -> Iterator[Server]:
    fake = furnished(version)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            status, body, headers = fake.answer(self.path, dict(self.headers), content)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with answering(Handler) as url:
        arguments = ("odoo", "--url", url, "--database", fake_odoo.DATABASE, "--user", fake_odoo.USER)
        yield Server(arguments, (fake_odoo.KEY,))


@contextmanager
def erpnext_server(version: int) -> Iterator[Server]:
    with answering(erpnext.handler(erpnext.Host(erpnext.FakeSite(version)))) as url:
        yield Server(("erpnext", "--url", url), (erpnext.KEY, erpnext.SECRET))


@contextmanager
def inventree_server() -> Iterator[Server]:
    rows = {path: inventree.recorded(name)["results"] for path, (name, *_) in inventree.LISTS.items()}
    with answering(inventree._handler(inventree.FakeInvenTree(rows=rows))) as url:
        yield Server(("inventree", "--url", url, "--currency", "EUR", "--time-zone", "UTC"), (inventree.TOKEN,))


@contextmanager
def ospos_server(folder: Path) -> Iterator[Server]:
    server, process = ospos.start(folder)
    try:
        shop = ospos.new_shop(server, Workspace(folder / "nobody"))
        where = ("--host", "localhost", "--port", str(server.port), "--ca-file", str(server.ca_file))
        arguments = ("ospos", *where, "--database", shop.database, "--user", shop.user, "--currency", "USD")
        yield Server(arguments, (ospos.PASSWORD,))
    finally:
        ospos.stop(server, process)


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["odoo 14", "odoo 19", "erpnext 15", "inventree", "ospos"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    system, _, version = request.param.partition(" ")
    made: dict[str, Callable[[], Any]] = {
        "odoo": lambda: odoo_server(f"{version}.0"),
        "erpnext": lambda: erpnext_server(int(version)),
        "inventree": inventree_server,
        "ospos": lambda: ospos_server(tmp_path_factory.mktemp("mariadb")),
    }
    with made[system]() as running:
        yield running


@dataclass
class CommandLine:
    """Somebody's terminal: what was said over all commands is kept."""

    home: Path
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    said: str = ""

    def run(self, *arguments: str, stdin: str = "", status: int = 0) -> Any:
        """Run a command that ends with this status, and return its JSON."""
        self.patch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as left:
            main([*arguments, "--json"])
        captured = self.capsys.readouterr()
        self.said += captured.out + captured.err
        assert (left.value.code or 0) == status, captured.out + captured.err
        return json.loads(captured.out)


@pytest.fixture
def terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> CommandLine:
    monkeypatch.setenv("TILLSIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("connectors.http.ATTEMPTS", 1)
    caplog.set_level(logging.DEBUG)
    return CommandLine(tmp_path / "home", monkeypatch, capsys)


def test_a_login_becomes_loaded_tables(server: Server, terminal: CommandLine, caplog: pytest.LogCaptureFixture) -> None:
    found = terminal.run("connect", *server.arguments, "--secret-stdin", stdin="\n".join(server.secrets))["found"]
    assert found["source"] == server.system
    assert found["stores"]
    assert not [problem for problem in found["problems"] if problem["is_fatal"]]
    if server.system != "inventree":  # it has no till
        assert found["sales"] > 0
        assert found["first_sale_at"] < found["last_sale_at"]

    (first,) = terminal.run("sync")["sources"]
    assert first["read"] == first["accepted"] + first["quarantined"] > 0
    assert first["errors"] == []
    terminal.run("sync", server.system, "--deep")

    checks = {check["name"]: check for check in terminal.run("doctor")["checks"]}
    assert checks[f"source {server.system}"]["status"] in {"ok", "warning"}
    assert checks["secrets"]["status"] == "ok"

    for secret in server.secrets:
        assert files_with(secret, terminal.home) == []
        assert not [form for form in forms(secret) if form in (terminal.said + caplog.text).encode()]


def test_a_wrong_credential_connects_nothing(server: Server, terminal: CommandLine) -> None:
    wrong = tuple(f"not-{secret}" for secret in server.secrets)
    document = terminal.run("connect", *server.arguments, "--secret-stdin", stdin="\n".join(wrong), status=1)
    said = json.dumps(document)
    assert server.system in said.lower()
    assert not [secret for secret in (*wrong, *server.secrets) if secret in terminal.said]
    assert not terminal.home.exists()
    assert len(server.secrets) == len(CREDENTIALS[server.system])
