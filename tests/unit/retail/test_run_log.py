"""The run log: what it says after runs that ended well, badly, or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC

import pytest
from sqlalchemy import text

from retail.errors import ConfigurationError
from retail.operational.database import open_store, writing
from retail.operational.run_log import RunLog, RunStatus
from retail.settings import Settings
from retail.workspace import Workspace


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace()


@pytest.fixture
def run_log(workspace: Workspace) -> RunLog:
    return RunLog.open(workspace, Settings())


def test_a_run_that_publishes_has_succeeded_and_keeps_its_steps_in_order(run_log: RunLog) -> None:
    run_log.start("r1", "command")
    with run_log.step("r1", "ingest") as step:
        step.rows = 12
    with run_log.step("r1", "publish"):
        pass
    run = run_log.finish("r1", "r1")
    assert run.status is RunStatus.SUCCEEDED
    assert run.message is None
    assert [(step.step, step.status, step.rows) for step in run_log.steps("r1")] == [
        ("ingest", RunStatus.SUCCEEDED, 12),
        ("publish", RunStatus.SUCCEEDED, None),
    ]


def test_a_step_that_raises_fails_the_run_and_its_message_names_the_step(run_log: RunLog) -> None:
    run_log.start("r1", "command")
    with pytest.raises(ValueError, match="broken"), run_log.step("r1", "transform"):
        raise ValueError("broken\nover two lines")
    run = run_log.finish("r1")
    assert run.status is RunStatus.FAILED
    assert run.message == "transform: broken over two lines"


def test_a_failed_forecast_is_told_although_the_run_published(run_log: RunLog) -> None:
    run_log.start("r1", "command")
    with run_log.step("r1", "forecast") as step:
        step.has_failed, step.message = True, "no weights"
    run = run_log.finish("r1", "r1")
    assert (run.status, run.message) == (RunStatus.SUCCEEDED, "forecast: no weights")


def test_a_run_whose_process_died_is_abandoned_when_the_next_one_starts(run_log: RunLog) -> None:
    run_log.start("dead", "schedule")
    run_log._start_step("dead", "ingest")
    run_log.start("next", "command")
    newest, dead = run_log.runs()
    assert (newest.run_id, newest.status) == ("next", RunStatus.RUNNING)
    assert (dead.status, dead.finished_at is not None) == (RunStatus.ABANDONED, True)
    assert run_log.steps("dead")[0].status is RunStatus.ABANDONED


def test_a_retried_step_starts_over(run_log: RunLog) -> None:
    run_log.start("r1", "command")
    with pytest.raises(OSError, match="away"), run_log.step("r1", "ingest"):
        raise OSError("server away")
    with run_log.step("r1", "ingest"):
        pass
    (step,) = run_log.steps("r1")
    assert (step.status, step.message) == (RunStatus.SUCCEEDED, None)


def test_moments_come_back_in_utc(run_log: RunLog) -> None:
    run_log.start("r1", "command")
    assert run_log.runs()[0].started_at.tzinfo is UTC


def test_processes_that_open_a_new_store_at_once_all_find_it_whole(workspace: Workspace) -> None:
    program = (
        "import sys; from pathlib import Path; from retail.operational.run_log import RunLog; "
        "from retail.settings import Settings; from retail.workspace import Workspace; "
        "RunLog.open(Workspace(Path(sys.argv[1])), Settings()).runs()"
    )
    command = [sys.executable, "-c", program, str(workspace.root)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint


def test_a_store_of_a_newer_version_is_refused_in_plain_words(workspace: Workspace) -> None:
    engine = open_store(workspace, Settings())
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="version 9999, which a newer Tillsight made"):
        open_store(workspace, Settings())


def test_an_operational_url_that_leads_nowhere_is_told_without_its_password(workspace: Workspace) -> None:
    settings = Settings(operational_url="postgresql+nodriver://till:secret@localhost/tillsight")
    with pytest.raises(ConfigurationError) as raised:
        open_store(workspace, settings)
    assert "secret" not in str(raised.value)
    assert "TILLSIGHT_OPERATIONAL_URL" in str(raised.value)
