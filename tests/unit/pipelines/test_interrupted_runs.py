"""Runs that are killed, stopped, or out of disk: readers see the old run all the time, and the next run recovers."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.run import run_pipeline
from retail.errors import NothingPublished
from retail.operational.run_log import RunLog, RunStatus
from retail.settings import Settings
from retail.workspace import Workspace

RUN = """
import sys
import time
from pathlib import Path
from pipelines.run import run_pipeline
from retail.errors import TillsightError
from retail.settings import Settings
from retail.workspace import Workspace

def show(line):
    print(line, flush=True)
    if line in sys.argv[3:]:
        time.sleep(60)

class Show:
    def begin(self, step): show(f"begin {step}")
    def end(self, step, *, has_failed, summary): show(f"end {step}")
    def __call__(self, step, done, total): show(f"at {step}")

try:
    workspace = Workspace(Path(sys.argv[1]))
    run_pipeline(workspace, Settings(threads=1), trigger="test", progress=Show(), project=Path(sys.argv[2]))
except TillsightError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
"""


class Reader(threading.Thread):
    """Reads the published run over and over, as the app does, and keeps every answer."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(daemon=True)
        self.workspace = workspace
        self.answers: set[tuple[str, int]] = set()
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                serving = self.workspace.published()
                with duckdb.connect(str(serving.database), read_only=True) as connection:
                    (count,) = connection.execute("select count(*) from marts.fct_sale_lines").fetchall()[0]
                assert json.loads(serving.manifest.read_text())["nodes"]
                self.answers.add((serving.run.run_id, count))
            except (NothingPublished, duckdb.Error, OSError, AssertionError) as error:
                self.answers.add((repr(error), -1))
            time.sleep(0.01)

    def stop(self) -> set[tuple[str, int]]:
        self.stopping.set()
        self.join()
        return self.answers


def start_run(
    workspace: Workspace, project: Path, before_exec: Callable[[], None] | None = None, pause_at: str = ""
) -> subprocess.Popen[str]:
    """Start a run that says where it is, and waits for its end at the line `pause_at`."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(workspace.root), str(project), pause_at],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before_exec,
    )


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    for shown in process.stdout:
        if shown.strip() == line:
            return
    raise AssertionError(process.stderr.read() if process.stderr else "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "delay"),
    [
        ("begin ingest files", 0.2),
        ("begin transform", 1.0),
        ("begin transform", 2.5),
        ("begin forecast", 0.05),
        ("begin replenish", None),
        ("begin publish", None),
        ("at fct_sale_lines", None),
        ("at marts", None),
        ("end publish", None),
    ],
)
def test_a_killed_run_changes_nothing_for_readers_and_the_next_one_recovers(
    published_shop: Workspace, settings: Settings, project: Path, line: str, delay: float | None
) -> None:
    """Killed some seconds after a line of its progress, or while it waits there."""
    before = published_shop.published().run
    (published_shop.incoming / "sale_lines-2.csv").write_text(
        "sale_line_id,sale_id,store_id,product_id,sold_at,quantity,net_amount\nN1,N1,S1,A,2024-03-09T10:00:00Z,1,1\n"
    )
    reader = Reader(published_shop)
    reader.start()
    process = start_run(published_shop, project, pause_at=line if delay is None else "")
    wait_for(process, line)
    time.sleep(delay or 0.0)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    was_published = published_shop.published().run.run_id != before.run_id

    report = run_pipeline(published_shop, settings, trigger="test", project=project)
    answers = reader.stop()

    assert report.published.tables["fct_sale_lines"] == 33
    assert {count for _, count in answers} <= {32, 33}, answers
    runs = RunLog.open(published_shop, settings).runs()
    assert [run.status for run in runs][:2] == [RunStatus.SUCCEEDED, RunStatus.ABANDONED]
    assert not list(published_shop.serving.glob(".building-*"))
    assert len({run_id for run_id, _ in answers}) <= 2 + was_published


@pytest.mark.slow
def test_a_stopped_run_is_a_failed_one_and_lets_go_of_the_workspace(
    published_shop: Workspace, settings: Settings, project: Path
) -> None:
    process = start_run(published_shop, project)
    wait_for(process, "begin transform")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert RunLog.open(published_shop, settings).runs()[0].status is RunStatus.FAILED
    with published_shop.locked():
        pass


@pytest.mark.slow
def test_a_second_run_started_beside_the_first_is_refused_in_one_line(published_shop: Workspace, project: Path) -> None:
    first = start_run(published_shop, project)
    wait_for(first, "begin ingest files")
    second = start_run(published_shop, project)
    _, complaint = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"process {first.pid}" in complaint
    first.communicate(timeout=120)
    assert first.returncode == 0


def test_a_full_disk_is_told_in_one_sentence_and_the_old_run_serves(
    published_shop: Workspace, settings: Settings, project: Path
) -> None:
    """No file may grow past 2 MiB, which stops the warehouse as a full disk does."""
    before = published_shop.published().run
    header = "sale_line_id,sale_id,store_id,product_id,sold_at,quantity,net_amount\n"
    lines = (f"F{n},F{n},S1,A,2024-03-09T10:00:00Z,1,{n}.25\n" for n in range(20_000))
    (published_shop.incoming / "sale_lines-2.csv").write_text(header + "".join(lines))

    def no_large_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 1024**2, 2 * 1024**2))

    process = start_run(published_shop, project, no_large_files)
    _, complaint = process.communicate(timeout=120)
    assert process.returncode == 1
    assert complaint.splitlines()[-1].startswith("The pipeline failed at ")
    assert published_shop.published().run == before
    report = run_pipeline(published_shop, settings, trigger="test", project=project)
    assert report.published.tables["fct_sale_lines"] == 20_032
