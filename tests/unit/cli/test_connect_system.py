"""Connecting a server: it is asked first, and only what works is written, all of it or nothing."""

from __future__ import annotations

import errno
import io
import json
import stat
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

import cli.connect_system
import connectors
import retail.workspace
from cli.main import main
from cli.systems import SYSTEMS
from connectors import Checkup, SourceConfig, read_sources
from connectors.configuration import SOURCE_TYPES
from connectors.credentials import CREDENTIALS, credential
from retail.errors import ConfigurationError, SourceError
from retail.settings import Settings
from retail.workspace import Workspace
from tests.unit.cli.servers import FATAL, MISSING, SECRET, checkup

ODOO = ("odoo", "--url", "shop.example/web?debug=1#action=5", "--database", "shop", "--user", "reader@shop.example")
OSPOS = ("ospos", "--host", "till.example")


@dataclass
class Server:
    """What stands in for the servers: what it answers, and what it was asked with."""

    found: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None
    asked: list[tuple[SourceConfig, Workspace, Settings]] = field(default_factory=list)

    def check(self, source: SourceConfig, workspace: Workspace, settings: Settings) -> Checkup:
        self.asked.append((source, workspace, settings))
        for name in CREDENTIALS[source.type]:
            credential(workspace, settings, name)
        workspace.describe()
        if self.error:
            raise self.error
        return checkup(source.type, **self.found)


@dataclass
class Answer:
    status: int
    out: str
    err: str


Connect = Callable[..., Answer]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TILLSIGHT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(connectors, "check", server.check)
    return server


@pytest.fixture
def connect(home: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Connect:
    def run(*arguments: str, stdin: str = SECRET + "\n") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as left:
            main(["connect", *arguments])
        captured = capsys.readouterr()
        return Answer(int(left.value.code or 0), captured.out, captured.err)

    return run


def entries(home: Path, workspace: str = "main") -> list[dict[str, object]]:
    return list(yaml.safe_load((home / workspace / "sources.yaml").read_text())["sources"])


def test_a_server_becomes_the_workspace_main(connect: Connect, server: Server, home: Path) -> None:
    answer = connect(*ODOO, "--secret-stdin")
    assert answer.status == 0, answer.err
    assert "2 stores: Paris, Lyon" in answer.out
    assert "56,650 sales, from 2023-01-02 to 2025-06-13 19:00 UTC" in answer.out
    workspace = Workspace(home / "main")
    description = workspace.describe()
    assert (description.kind, description.reporting_currency) == ("real", "EUR")
    assert description.default_time_zone == "Europe/Paris"
    assert entries(home) == [
        {"type": "odoo", "url": "https://shop.example/web", "database": "shop", "user": "reader@shop.example"}
    ]
    assert read_sources(workspace) == [server.asked[0][0]]
    assert list(home.iterdir()) == [home / "main"]


def test_what_was_found_is_json(connect: Connect, home: Path) -> None:
    answer = connect(*ODOO, "--secret-stdin", "--json")
    document = json.loads(answer.out)
    assert (document["workspace"], document["sources"]) == ("main", str(home / "main" / "sources.yaml"))
    assert document["found"]["sales"] == 56650
    assert document["found"]["first_sale_at"] == "2023-01-02T08:00:00+00:00"


def test_the_credential_is_kept_for_its_owner_alone_and_nowhere_else(connect: Connect, home: Path) -> None:
    answer = connect(*ODOO, "--secret-stdin", "--json")
    kept = home / "main" / "secrets" / "odoo_api_key"
    assert kept.read_text().strip() == SECRET
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert credential(Workspace(home / "main"), Settings(), "odoo_api_key") == SECRET
    assert SECRET not in answer.out + answer.err
    holding = [path for path in home.rglob("*") if path.is_file() and SECRET in path.read_text()]
    assert holding == [kept]


def test_no_command_takes_a_credential_as_an_argument() -> None:
    import typer

    from cli import connect as commands

    group = typer.main.get_command(commands.app)
    options = {
        option for command in group.commands.values() for parameter in command.params for option in parameter.opts
    }
    assert "--url" in options
    assert not [option for option in options if any(word in option for word in ("key", "token", "password"))]
    assert [option for option in options if "secret" in option] == ["--secret-stdin"]


def test_a_credential_of_the_environment_is_used_and_not_kept(
    connect: Connect, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLSIGHT_ODOO_API_KEY", SECRET)
    answer = connect(*ODOO)
    assert answer.status == 0, answer.err
    assert "TILLSIGHT_ODOO_API_KEY" in answer.err
    assert not (home / "main" / "secrets").exists()
    assert connect(*OSPOS, stdin="").status == 2
    refused = connect(*ODOO, "--yes", "--secret-stdin")
    assert (refused.status, "would win" in refused.err) == (2, True)


def test_two_credentials_are_two_lines(connect: Connect, home: Path) -> None:
    arguments = ("erpnext", "--url", "https://shop.example", "--secret-stdin")
    half = connect(*arguments, stdin="key\n")
    assert half.status == 2
    assert "API secret of that key is empty" in half.err
    assert not home.exists()
    assert connect(*arguments, stdin="key\nsecret\n").status == 0
    kept = {path.name: path.read_text() for path in (home / "main" / "secrets").iterdir()}
    assert kept == {"erpnext_api_key": "key\n", "erpnext_api_secret": "secret\n"}


def test_what_stops_everything_writes_nothing(connect: Connect, server: Server, home: Path) -> None:
    server.found = {"problems": [MISSING, FATAL], "stores": [], "sales": None}
    answer = connect(*ODOO, "--secret-stdin")
    assert answer.status == 1
    lines = answer.out.splitlines()
    assert lines[-2] == "  cannot go on: Sales cannot be read. Grant the user the right to read POS orders."
    assert lines[-1].startswith("  note: Purchase orders cannot be read")
    assert answer.err.splitlines()[-1] == "tillsight: Odoo cannot be connected yet. Nothing was written."
    assert not home.exists()
    document = json.loads(connect(*ODOO, "--secret-stdin", "--json").out)
    assert document["error"]["code"] == "source"
    assert [problem["is_fatal"] for problem in document["found"]["problems"]] == [False, True]


def test_what_is_only_missing_is_said_and_connected(connect: Connect, server: Server, home: Path) -> None:
    server.found = {"problems": [MISSING]}
    answer = connect(*ODOO, "--secret-stdin")
    assert answer.status == 0
    assert "note: Purchase orders cannot be read, so lead times stay unknown. Grant Purchase" in answer.out
    assert (home / "main" / "sources.yaml").exists()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SourceError("odoo: the login: shop.example cannot be reached."), 1),
        (ConfigurationError("odoo: url: wrong."), 2),
    ],
)
def test_a_server_that_cannot_be_asked_writes_nothing(
    connect: Connect, server: Server, home: Path, error: Exception, status: int
) -> None:
    server.error = error
    answer = connect(*ODOO, "--secret-stdin")
    assert (answer.status, answer.err.splitlines()[-1]) == (status, f"tillsight: {error}")
    assert not home.exists()


def test_a_server_that_never_answers_is_given_up(connect: Connect, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(connectors, "check", lambda *_: never.wait())
    monkeypatch.setattr(cli.connect_system, "LONGEST_LOOK_SECONDS", 0.01)
    answer = connect(*ODOO, "--secret-stdin")
    never.set()
    assert (answer.status, "did not end within" in answer.err) == (1, True)
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("odoo",), "Say --url"),
        (("odoo", "--url", "https://shop.example"), "Say --database"),
        ((*ODOO,), "Say the API key of that user: set TILLSIGHT_ODOO_API_KEY, or pipe it in with --secret-stdin"),
        ((*ODOO, "--ca-file", "missing.pem"), "--ca-file: there is no file missing.pem"),
        ((*ODOO, "--currency", "euros"), "no ISO 4217"),
        ((*ODOO, "--time-zone", "Paris/France"), "no IANA"),
        ((*OSPOS, "--port", "99999"), "--port cannot be used"),
        ((*OSPOS, "--tls", "maybe"), "--tls cannot be used"),
        ((*OSPOS, "--table-prefix", "x;drop table"), "--table-prefix cannot be used"),
        ((*ODOO, "--workspace", "My Shop"), "no workspace name"),
    ],
)
def test_unusable_input_is_refused_before_anybody_is_asked(
    connect: Connect, server: Server, home: Path, arguments: tuple[str, ...], message: str
) -> None:
    answer = connect(*arguments)
    assert answer.status == 2
    assert message in answer.err
    assert len(answer.err.splitlines()) == 1
    assert (server.asked, home.exists()) == ([], False)


def test_a_source_that_says_no_currency_leaves_the_question(connect: Connect, server: Server, home: Path) -> None:
    server.found = {"currency": None, "time_zone": None}
    answer = connect(*ODOO, "--secret-stdin")
    assert (answer.status, "Say --currency" in answer.err, home.exists()) == (2, True, False)
    answer = connect(*ODOO, "--secret-stdin", "--currency", "chf", "--time-zone", "Europe/Zurich")
    assert answer.status == 0, answer.err
    description = Workspace(home / "main").describe()
    assert (description.reporting_currency, description.default_time_zone) == ("CHF", "Europe/Zurich")
    assert server.asked[-1][0].model_dump()["time_zone"] == entries(home)[0]["time_zone"] == "Europe/Zurich"


def test_another_currency_than_the_source_sells_in_is_remarked_on(connect: Connect) -> None:
    assert "Odoo sells in EUR and you report in USD" in connect(*ODOO, "--secret-stdin", "--currency", "USD").err


def test_a_second_source_joins_the_workspace(connect: Connect, home: Path) -> None:
    connect(*ODOO, "--secret-stdin")
    before = (home / "main" / "workspace.json").read_bytes()
    answer = connect(*OSPOS, "--secret-stdin")
    assert answer.status == 0, answer.err
    assert [entry["type"] for entry in entries(home)] == ["odoo", "ospos"]
    assert sorted(path.name for path in (home / "main" / "secrets").iterdir()) == ["odoo_api_key", "ospos_password"]
    assert (home / "main" / "workspace.json").read_bytes() == before
    assert connect(*OSPOS, "--yes", "--time-zone", "Europe/Madrid").status == 2
    other = connect("inventree", "--url", "stock.example", "--secret-stdin", "--currency", "USD")
    assert (other.status, "reports in EUR" in other.err) == (2, True)
    zoned = connect("inventree", "--url", "stock.example", "--secret-stdin", "--time-zone", "Europe/London")
    assert zoned.status == 0, zoned.err
    assert entries(home)[-1] == {"type": "inventree", "url": "https://stock.example", "time_zone": "Europe/London"}


def test_a_connected_source_is_updated_only_when_told_to(connect: Connect, server: Server, home: Path) -> None:
    connect(*OSPOS, "--secret-stdin")
    sources = home / "main" / "sources.yaml"
    sources.write_text(sources.read_text() + "  reread_days: 90\n")
    before = sources.read_bytes()
    refused = connect(*OSPOS, "--user", "other")
    assert (refused.status, "connected already" in refused.err) == (2, True)
    assert sources.read_bytes() == before
    server.found = {"problems": [FATAL]}
    assert connect("ospos", "--user", "other", "--yes").status == 1
    assert sources.read_bytes() == before
    server.found = {}
    assert connect("ospos", "--user", "other", "--yes").status == 0
    assert entries(home) == [
        {"type": "ospos", "host": "till.example", "database": "ospos", "user": "other", "reread_days": 90}
    ]
    assert (home / "main" / "secrets" / "ospos_password").read_text().strip() == SECRET


def test_a_new_credential_replaces_the_old_one(connect: Connect, home: Path) -> None:
    connect(*ODOO, "--secret-stdin")
    assert connect("odoo", "--yes", "--secret-stdin", stdin="newer\n").status == 0
    assert (home / "main" / "secrets" / "odoo_api_key").read_text() == "newer\n"


def test_what_is_kept_for_one_server_is_not_sent_to_another(connect: Connect, server: Server, home: Path) -> None:
    connect(*ODOO, "--secret-stdin")
    answer = connect("odoo", "--url", "https://elsewhere.example", "--yes")
    assert (answer.status, "Say the API key" in answer.err, len(server.asked)) == (2, True, 1)
    answer = connect("odoo", "--url", "https://elsewhere.example", "--yes", "--secret-stdin")
    assert answer.status == 0
    assert "another server or database than before" in answer.err


@pytest.mark.parametrize("fails_at", ["workspace.json", "sources.yaml"])
def test_a_disk_that_is_full_leaves_nothing(
    connect: Connect, home: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    def write(path: Path, text: str) -> None:
        if path.name == fails_at and path.is_relative_to(home):
            raise OSError(errno.ENOSPC, "No space left on device")
        path.write_text(text)

    monkeypatch.setattr(retail.workspace, "write_atomically", write)
    assert connect(*ODOO, "--secret-stdin").status == 1
    assert [path.name for path in home.iterdir()] == ["logs"]


def test_an_update_that_cannot_be_written_leaves_the_old_entry(
    connect: Connect, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(*ODOO, "--secret-stdin")
    before = (home / "main" / "sources.yaml").read_bytes()

    def write(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(retail.workspace, "write_atomically", write)
    assert connect("odoo", "--yes", "--user", "other").status == 1
    assert (home / "main" / "sources.yaml").read_bytes() == before
    assert connect(*OSPOS, "--secret-stdin").status == 1
    assert [entry["type"] for entry in entries(home)] == ["odoo"]


def test_a_demo_is_never_joined(connect: Connect, make_workspace: Callable[..., Workspace]) -> None:
    make_workspace("demo-sample", kind="demo")
    answer = connect(*ODOO, "--secret-stdin", "--workspace", "demo-sample")
    assert (answer.status, "is a demo" in answer.err) == (2, True)


def test_a_folder_without_a_description_becomes_the_workspace(connect: Connect, home: Path) -> None:
    (home / "main" / "incoming").mkdir(parents=True)
    (home / "main" / "incoming" / "sale_lines.csv").write_text("store_id\n")
    assert connect(*ODOO, "--secret-stdin").status == 0
    assert Workspace(home / "main").describe().reporting_currency == "EUR"
    assert (home / "main" / "incoming" / "sale_lines.csv").exists()


def test_a_server_cannot_write_to_the_terminal_what_it_likes(connect: Connect, server: Server) -> None:
    server.found = {"stores": ["\x1b[2J\x1b]0;owned\x07Paris\n"]}
    out = connect(*ODOO, "--secret-stdin").out
    assert "\x1b" not in out
    assert "1 store:  [2J ]0;owned Paris" in out


def test_what_stays_on_this_machine_needs_no_certificate(connect: Connect, server: Server) -> None:
    connect("ospos", "--secret-stdin")
    connect("ospos", "--secret-stdin", "--host", "till.example", "--workspace", "other")
    connect("ospos", "--secret-stdin", "--host", "127.0.0.1", "--tls", "verify", "--workspace", "third")
    assert [asked[0].model_dump()["tls"] for asked in server.asked] == ["off", "verify", "verify"]


def test_an_address_that_is_not_encrypted_is_remarked_on(connect: Connect) -> None:
    local = connect("inventree", "--url", "http://localhost:8000", "--secret-stdin")
    assert "begins with http" not in local.err
    remote = connect("inventree", "--url", "http://stock.example", "--secret-stdin", "--workspace", "other")
    assert "begins with http" in remote.err


def test_every_system_has_questions_for_its_settings_and_credentials() -> None:
    assert set(SYSTEMS) == set(connectors.SYSTEMS) == set(CREDENTIALS)
    for name, system in SYSTEMS.items():
        fields = SOURCE_TYPES[name].model_fields
        required = {field for field, declared in fields.items() if declared.is_required()}
        assert required <= {"type", *(question.field for question in system.questions)}
        assert {question.field for question in system.questions} | set(system.identity) <= set(fields)
        assert tuple(system.secrets) == CREDENTIALS[name]
        assert set(CREDENTIALS[name]) <= set(Settings.model_fields)
