"""`tillsight sync` says what was read of which table, and what could not be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

import pipelines.ingest
from cli.main import main
from connectors import LoadReport, SourceConfig
from retail.errors import SourceError
from retail.workspace import Workspace

LOST = "odoo: sale.order.line: shop.example does not allow this user to read it. Grant Sales / User: read."


@dataclass
class Loads:
    """What stands in for the connectors: what a load reports, and how deep it was told to look."""

    report: LoadReport = field(default_factory=lambda: LoadReport("odoo"))
    depths: list[bool] = field(default_factory=list)

    def load(self, source: SourceConfig, *_: object, is_deep: bool) -> LoadReport:
        self.depths.append(is_deep)
        return self.report


@pytest.fixture
def loads(make_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch) -> Loads:
    workspace = make_workspace("main")
    workspace.sources.write_text(
        "sources:\n  - {type: odoo, url: 'https://shop.example', database: shop, user: reader}\n"
    )
    monkeypatch.setenv("TILLSIGHT_HOME", str(workspace.root.parent))
    loads = Loads()
    monkeypatch.setattr(pipelines.ingest, "load", loads.load)
    return loads


def status_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["sync", *arguments])
    return int(left.value.code or 0)


def test_a_line_per_table_that_was_read(loads: Loads, capsys: pytest.CaptureFixture[str]) -> None:
    lines = loads.report.table("pos_order_line")
    lines.read, lines.accepted, lines.quarantined = 1200, 1198, 2
    loads.report.table("res_partner")
    assert status_of("odoo") == 0
    assert capsys.readouterr().out.splitlines() == [
        "odoo: 1,200 read = 1,198 accepted + 2 quarantined",
        "  pos_order_line                1,200 =      1,198 +        2",
    ]


def test_a_sync_that_finds_nothing_new_says_so(loads: Loads, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of() == 0
    assert capsys.readouterr().out.splitlines() == ["odoo: 0 read = 0 accepted + 0 quarantined, nothing new"]


def test_a_deep_sync_looks_deeper(loads: Loads) -> None:
    assert (status_of(), status_of("--deep")) == (0, 0)
    assert loads.depths == [False, True]


def test_what_could_not_be_read_is_named_and_fails(loads: Loads, capsys: pytest.CaptureFixture[str]) -> None:
    loads.report.errors.append(SourceError(LOST))
    assert status_of() == 1
    assert f"  {LOST}" in capsys.readouterr().err.splitlines()
    assert status_of("--json") == 1
    assert json.loads(capsys.readouterr().out)["sources"][0]["errors"] == [LOST]
