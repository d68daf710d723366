"""No credential reaches an error, a log, the run log or any file, even from a server that sends it back."""

from __future__ import annotations

import http.client
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cli.main import main
from connectors.credentials import CREDENTIALS, write_private_file
from retail.workspace import Workspace
from tests.contract.leaks import files_with, forms

SECRET = "Zq9/planted+s3cret-äß"
ASCII_SECRET = "Zq9/planted+s3cret:of@a%shop"
ENTRIES = {
    "odoo": "{{type: odoo, url: '{url}', database: shop, user: reader}}",
    "erpnext": "{{type: erpnext, url: '{url}'}}",
    "inventree": "{{type: inventree, url: '{url}'}}",
    "ospos": "{{type: ospos, host: 127.0.0.1, port: 1, database: shop, user: reader, tls: 'off'}}",
}
"""Sources at the echoing server; of OSPOS, whose database speaks first, at a port where nobody listens."""


@dataclass
class Echo:
    """A server that answers with everything it was sent, headers too."""

    status: int = 401
    headers: dict[str, str] = field(default_factory=dict)
    is_cut_off: bool = False
    url: str = ""
    heard: list[bytes] = field(default_factory=list)


def _handler(echo: Echo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = f"{self.path}\n{self.headers}\n".encode("latin-1") + said
            echo.heard.append(body)
            self.send_response(echo.status, http.client.responses.get(echo.status, "").strip())
            self.send_header("Content-Length", str(len(body) * (2 if echo.is_cut_off else 1)))
            self.send_header("Set-Cookie", f"seen={body.hex()[:40]}")
            for name, value in echo.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 (named by http.server)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(echo))
    echo.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield echo
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Run:
    """A command that was run: how it ended and everything it said."""

    status: int
    said: str


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Callable[..., Run]:
    """Run a command in this process, with the most talkative log."""
    monkeypatch.setattr("connectors.http.ATTEMPTS", 1)
    caplog.set_level(logging.DEBUG)

    def run(*arguments: str) -> Run:
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        captured = capsys.readouterr()
        return Run(int(left.value.code or 0), captured.out + captured.err + caplog.text)

    return run


@pytest.fixture
def connected(
    make_workspace: Callable[..., Workspace], echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Workspace]:
    """Make a workspace with a system at the echoing server and a planted credential."""

    def make(system: str) -> Workspace:
        workspace = make_workspace("main")
        entry = ENTRIES[system].format(url=echo.url)
        workspace.sources.write_text(f"sources:\n  - {entry}\n")
        for name in CREDENTIALS[system]:
            write_private_file(workspace, name, ASCII_SECRET)
        monkeypatch.setenv("TILLSIGHT_HOME", str(workspace.root.parent))
        return workspace

    return make


def assert_nothing_leaked(run: Run, home: Path) -> None:
    assert not [form for form in forms(ASCII_SECRET) if form in run.said.encode()]
    assert files_with(ASCII_SECRET, home) == []


@pytest.mark.parametrize("system", ["odoo", "erpnext", "inventree"])
@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 417, 429, 500])
def test_a_server_that_sends_everything_back_reveals_nothing(
    connected: Callable[[str], Workspace], command: Callable[..., Run], echo: Echo, system: str, status: int
) -> None:
    echo.status = status
    echo.headers = {"Location": "/elsewhere"} if status == 302 else {"Retry-After": "0"}
    workspace = connected(system)
    run = command("sync", "--json")
    assert run.status in {1, 2}
    assert system in run.said
    assert any(form in b"".join(echo.heard) for form in forms(ASCII_SECRET))
    assert_nothing_leaked(run, workspace.root.parent)


@pytest.mark.parametrize("system", ["odoo", "erpnext", "inventree"])
def test_an_answer_that_breaks_off_reveals_nothing(
    connected: Callable[[str], Workspace], command: Callable[..., Run], echo: Echo, system: str
) -> None:
    echo.status, echo.is_cut_off = 200, True
    workspace = connected(system)
    run = command("sync")
    assert run.status in {1, 2}
    assert_nothing_leaked(run, workspace.root.parent)


@pytest.mark.parametrize("system", sorted(ENTRIES))
def test_the_doctor_reveals_nothing(
    connected: Callable[[str], Workspace], command: Callable[..., Run], system: str
) -> None:
    workspace = connected(system)
    run = command("doctor", "--json")
    assert run.status == 1
    assert f"source {system}" in run.said
    assert_nothing_leaked(run, workspace.root.parent)


@pytest.mark.parametrize("system", sorted(ENTRIES))
def test_a_server_that_is_gone_reveals_nothing(
    connected: Callable[[str], Workspace], command: Callable[..., Run], system: str
) -> None:
    workspace = connected(system)
    workspace.sources.write_text(workspace.sources.read_text().replace("127.0.0.1", "nowhere.invalid"))
    run = command("sync", "--json")
    assert run.status in {1, 2}
    assert_nothing_leaked(run, workspace.root.parent)


@pytest.mark.parametrize("system", sorted(ENTRIES))
def test_a_credential_that_no_header_can_hold_is_not_shown(
    connected: Callable[[str], Workspace], command: Callable[..., Run], system: str
) -> None:
    workspace = connected(system)
    for name in CREDENTIALS[system]:
        write_private_file(workspace, name, SECRET)
    run = command("sync", "--json")
    assert run.status in {1, 2}
    assert "unexpected" not in run.said
    assert SECRET not in run.said
    assert files_with(SECRET, workspace.root.parent) == []
