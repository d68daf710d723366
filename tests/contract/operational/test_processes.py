"""Several processes, and killed ones: no decision is lost, doubled or kept without its audit entry."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine

from retail.operational import audit
from retail.operational.decisions import Decisions
from retail.principal import LOCAL
from retail.settings import Settings
from retail.vocabulary import DecisionAction
from retail.workspace import Workspace
from tests.contract.operational.drafts import a_draft

ROOT = Path(__file__).parents[3]


def start(workspace: Workspace, settings: Settings, action: str, drafts: int) -> subprocess.Popen[str]:
    """A process that is ready to decide, and begins when a line is written to it."""
    program = [sys.executable, "-m", "tests.contract.operational.deciding"]
    process = subprocess.Popen(
        [*program, str(workspace.root), url_of(settings), action, str(drafts)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def url_of(settings: Settings) -> str:
    return settings.operational_url.get_secret_value() if settings.operational_url else ""


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("begin\n")
    process.stdin.flush()


def answers(process: subprocess.Popen[str]) -> dict[int, str]:
    """What the process printed for each draft, to its end."""
    output, _ = process.communicate(timeout=60)
    return {int(number): answer for number, answer in (line.split() for line in output.splitlines() if " " in line)}


def assert_recorded_once(engine: Engine, acknowledged: dict[int, str]) -> None:
    """Every decision that was acknowledged is there, and decisions and audit tell the same."""
    latest = Decisions(engine).latest()
    assert set(acknowledged.values()) <= {made.decision_id for made in latest.values()}
    audited = Counter(json.loads(str(entry.after))["decision_id"] for entry in audit.entries(engine, limit=10_000))
    assert audited == Counter(made.decision_id for made in latest.values())
    assert all(made.decision_id.endswith("-1") for made in latest.values())
    assert audit.verify(engine).is_intact


def test_two_processes_that_decide_the_same_drafts_at_once_agree_on_one_of_them(
    workspace: Workspace, settings: Settings, engine: Engine
) -> None:
    processes = [start(workspace, settings, action, 25) for action in ("approve", "reject")]
    for process in processes:
        begin(process)
    approving, rejecting = (answers(process) for process in processes)
    assert_recorded_once(engine, {})
    winners = {int(draft_id, 16): made.user for draft_id, made in Decisions(engine).latest().items()}
    assert winners == {number: "approve" if rejecting[number] == "decided" else "reject" for number in range(25)}
    assert all((approving[number] == "decided") is (winners[number] == "reject") for number in range(25))


def test_a_process_killed_at_any_moment_of_a_decision_leaves_all_of_it_or_nothing(
    workspace: Workspace, settings: Settings, engine: Engine
) -> None:
    command = [sys.executable, "-m", "tests.contract.operational.dying", str(workspace.root), url_of(settings)]
    deaths = int(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=120).stdout)
    assert deaths >= 10  # before and after each of five statements at least
    survivor = f"{deaths:016x}"
    assert set(Decisions(engine).latest()) == {survivor}
    assert_recorded_once(engine, {deaths: f"{survivor}-1"})
    for number in range(deaths + 1):
        Decisions(engine).decide(LOCAL, a_draft(number), DecisionAction.APPROVE)
    assert len(Decisions(engine).latest()) == deaths + 1
    assert_recorded_once(engine, {})


def kill_while_deciding(workspace: Workspace, settings: Settings, engine: Engine, kills: int, seed: int) -> None:
    """Kill a deciding process again and again after a random number of answers, in the middle of the next decision."""
    draws = random.Random(seed)
    for _ in range(kills):
        process = start(workspace, settings, "approve", 60)
        begin(process)
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(draws.randrange(1, 40))]
        for _ in range(draws.randrange(20_000)):  # to die at another place of the next decision each time
            pass
        process.send_signal(signal.SIGKILL)
        acknowledged = {int(line.split()[0]): line.split()[1] for line in seen} | answers(process)
        assert process.returncode == -signal.SIGKILL
        assert_recorded_once(engine, acknowledged)


@pytest.mark.slow
def test_many_killed_processes_lose_and_double_no_decision(
    workspace: Workspace, settings: Settings, engine: Engine
) -> None:
    kill_while_deciding(workspace, settings, engine, kills=12, seed=2)
