"""The doctor finds what is broken, says so, and exits with 1."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable

import pytest

import cli.doctor
import connectors
from cli.context import CliContext
from cli.doctor import Check, examine
from connectors import Checkup
from connectors.credentials import write_private_file
from retail.errors import SourceError
from retail.operational.run_log import RunLog
from retail.settings import Settings
from retail.vocabulary import Role
from retail.workspace import Workspace
from tests.unit.cli.servers import FATAL, MISSING, SECRET, checkup

Tillsight = Callable[..., subprocess.CompletedProcess[str]]


def statuses(answer: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {check["name"]: check["status"] for check in json.loads(answer.stdout)["checks"]}


def test_a_machine_without_a_workspace_is_well(tillsight: Tillsight) -> None:
    answer = tillsight("doctor", "--json")
    assert answer.returncode == 0
    assert statuses(answer)["packages"] == "ok"
    assert statuses(answer)["workspace"] == "warning"


def test_missing_files_and_a_failed_run_are_broken(
    tillsight: Tillsight, make_workspace: Callable[..., Workspace]
) -> None:
    workspace = make_workspace("main")
    workspace.sources.write_text("sources:\n  - type: files\n")
    log = RunLog.open(workspace, Settings())
    log.start("r1", "command")
    log._start_step("r1", "transform")
    log.finish("r1")
    answer = tillsight("doctor", "--json")
    assert answer.returncode == 1
    found = statuses(answer)
    assert (found["sources"], found["last run"], found["published data"]) == ("broken", "broken", "warning")


def test_weights_out_of_reach_are_a_warning(tillsight: Tillsight) -> None:
    answer = tillsight("doctor", "--json", TILLSIGHT_CHRONOS_WEIGHTS="/nowhere")
    assert statuses(answer)["forecast weights"] == "warning"
    assert answer.returncode == 0


ODOO = "  - {type: odoo, url: 'https://shop.example', database: shop, user: reader}\n"
OSPOS = "  - {type: ospos, host: till.example, database: ospos, user: reader}\n"


@pytest.fixture
def shop(make_workspace: Callable[..., Workspace]) -> Workspace:
    """A workspace with two servers and their credentials."""
    workspace = make_workspace("main")
    workspace.sources.write_text(f"sources:\n{ODOO}{OSPOS}")
    write_private_file(workspace, "odoo_api_key", SECRET)
    write_private_file(workspace, "ospos_password", SECRET)
    return workspace


def examined(workspace: Workspace, *, is_offline: bool = False) -> dict[str, Check]:
    command = CliContext(Settings(home=workspace.root.parent), workspace.name, Role.SUPERADMIN, ())
    return {check.name: check for check in examine(command, is_offline=is_offline)}


def test_every_server_is_looked_at_again(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"odoo": [MISSING], "ospos": [MISSING, FATAL]}
    monkeypatch.setattr(connectors, "check", lambda source, *_: checkup(source.type, problems=found[source.type]))
    checks = examined(shop)
    assert checks["source odoo"].status == "warning"
    assert "56,650 sales" in checks["source odoo"].detail
    assert checks["source odoo"].notes == (
        "note: Purchase orders cannot be read, so lead times stay unknown. Grant Purchase / User: read.",
    )
    assert checks["source ospos"].status == "broken"
    assert checks["source ospos"].notes[0].startswith("cannot go on: Sales cannot be read")


def test_a_server_that_is_down_hides_no_other(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(source: connectors.SourceConfig, *_: object) -> Checkup:
        if source.type == "odoo":
            raise SourceError("odoo: the login: shop.example cannot be reached.")
        return checkup(source.type)

    monkeypatch.setattr(connectors, "check", check)
    checks = examined(shop)
    assert (checks["source odoo"].status, checks["source ospos"].status) == ("broken", "ok")
    assert "cannot be reached" in checks["source odoo"].detail


def test_a_server_that_never_answers_does_not_hold_the_doctor(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(connectors, "check", lambda *_: never.wait())
    monkeypatch.setattr(cli.doctor, "LONGEST_LOOK_SECONDS", 0.01)
    checks = examined(shop)
    never.set()
    assert "did not end within" in checks["source odoo"].detail


def test_offline_no_server_is_asked(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(connectors, "check", lambda *arguments: asked.append(arguments))
    checks = examined(shop, is_offline=True)
    assert (asked, "source odoo" in checks, checks["secrets"].status) == ([], False, "ok")


def test_secrets_that_others_may_read_are_broken(shop: Workspace) -> None:
    (shop.root / "secrets" / "odoo_api_key").chmod(0o640)
    check = examined(shop, is_offline=True)["secrets"]
    assert check.status == "broken"
    assert "chmod 600" in check.detail
    assert SECRET not in check.detail


def test_a_missing_credential_is_broken(shop: Workspace) -> None:
    (shop.root / "secrets" / "ospos_password").unlink()
    check = examined(shop, is_offline=True)["secrets"]
    assert check.status == "broken"
    assert "TILLSIGHT_OSPOS_PASSWORD" in check.detail
