"""The doctor finds what is broken, says so, and exits with 1."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

from retail.operational.run_log import RunLog
from retail.settings import Settings
from retail.workspace import Workspace

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
