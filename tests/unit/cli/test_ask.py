"""`tillsight ask` as a program uses it: one document, a conversation per name and person, honest ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from metrics import Metrics
from retail.workspace import Workspace

Call = Callable[..., tuple[int, Any]]
KEYS = {
    "kind", "tier", "text", "columns", "rows", "chart", "sql", "metrics", "dimensions", "filters", "period", "as_of",
    "warnings", "clarify", "refusal", "suggestions", "latency_ms",
}  # fmt: skip


@pytest.fixture(scope="module")
def metrics(small_workspace: Workspace) -> Iterator[Metrics]:
    opened = Metrics.open(small_workspace)
    yield opened
    opened.close()


@pytest.fixture
def call(
    small_workspace: Workspace,
    metrics: Metrics,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Run `tillsight ask … --json`; gives its exit status and its document."""
    root = tmp_path / "home" / "demo-sample"
    root.mkdir(parents=True)
    (root / "workspace.json").write_text((small_workspace.root / "workspace.json").read_text())
    (root / "serving").symlink_to(small_workspace.serving)
    monkeypatch.setattr(Metrics, "open", lambda *_: metrics)
    monkeypatch.setenv("TILLSIGHT_HOME", str(root.parent))

    def run(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["ask", *arguments, "--json"])
        return int(ended.value.code or 0), json.loads(capsys.readouterr().out)

    return run


def test_the_document_has_what_programs_rely_on(call: Call) -> None:
    status, answer = call("Net sales last week")
    assert (status, answer.keys() & KEYS) == (0, KEYS)
    assert (answer["kind"], answer["metrics"]) == ("metric", ["net_sales"])
    assert answer["period"] == {"from": "2025-06-02", "to": "2025-06-08", "name": "last_week", "is_partial": False}
    assert answer["sql"].upper().startswith("SELECT")


def test_a_conversation_goes_on_for_the_person_who_had_it_and_nobody_else(call: Call, tmp_path: Path) -> None:
    call("Net sales last week", "--session", "a")
    _, answer = call("and by store?", "--session", "a")
    assert (answer["dimensions"], answer["period"]["name"]) == (["store"], "last_week")
    assert "period" in answer["inherited"]
    for arguments in (("--session", "b"), ()):
        assert call("and by store?", *arguments)[1]["kind"] in {"clarify", "refuse"}


def test_without_a_session_nothing_is_kept(call: Call, tmp_path: Path) -> None:
    call("Net sales last week")
    assert not (tmp_path / "home" / "demo-sample" / "operational.sqlite").exists()


def test_an_honest_no_ends_well_and_an_unusable_question_does_not(call: Call) -> None:
    assert call("Reorder 500 milk now")[0] == 0
    assert call("x" * 600)[0] == 2
    assert call("   ")[0] == 2
    assert call("Net sales", "--session", "x" * 101)[0] == 2


def test_staff_are_refused_what_is_hidden_from_them_in_words(call: Call) -> None:
    status, answer = call("Gross margin last week", "--role", "staff")
    assert (status, answer["kind"], answer["rows"]) == (3, "refuse", [])
