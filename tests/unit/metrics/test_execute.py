"""Execution: nothing runs too long, nothing reaches outside, and a newer run is picked up."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import duckdb
import pytest

from metrics import MetricQuery, Metrics
from metrics.database import Sandbox, open_sandbox
from metrics.execute import fetch
from metrics.process import Worker
from retail.errors import NothingPublished, QueryTimeout
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create

ENDLESS = "select count(*) from range(10000000) a, range(10000000) b"
DEAF = "select levenshtein(repeat('x', 150000), repeat('y', 150000))"


@pytest.fixture(scope="module")
def sandbox(workspace: Workspace) -> Sandbox:
    return Sandbox(str(workspace.published().database), "500MB", 1, ())


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "attach '/tmp/other.db' as other",
        "copy (select 1) to '/tmp/other.csv'",
        "set enable_external_access = true",
        "set memory_limit = '100GB'",
        "install httpfs",
        "load '/tmp/x.duckdb_extension'",
        "create table warehouse.marts.x as select 1",
        "delete from warehouse.marts.dim_stores",
        "select * from found_in_python",
    ],
)
def test_the_sandbox_holds_even_without_the_guard(sandbox: Sandbox, sql: str) -> None:
    found_in_python = [1]
    connection = open_sandbox(sandbox)
    with pytest.raises(duckdb.Error):
        connection.execute(sql)
    assert found_in_python


def test_nothing_spills_to_disk(sandbox: Sandbox) -> None:
    settings = "select current_setting('temp_directory'), current_setting('max_temp_directory_size')"
    assert open_sandbox(sandbox).execute(settings).fetchone() == ("", "0 bytes")


def test_a_long_query_is_interrupted_in_this_process_and_the_next_one_runs(sandbox: Sandbox) -> None:
    connection = open_sandbox(sandbox)
    started = time.monotonic()
    with pytest.raises(QueryTimeout):
        fetch(connection, ENDLESS, 0.3)
    assert time.monotonic() - started < 3
    assert fetch(connection, "select 1", 1)[1] == [(1,)]


def test_a_query_that_ignores_the_interrupt_dies_with_its_process_and_the_next_one_runs(sandbox: Sandbox) -> None:
    worker = Worker()
    worker.run(sandbox, "select 1", 5)
    before = worker.process_id
    started = time.monotonic()
    with pytest.raises(QueryTimeout):
        worker.run(sandbox, DEAF, 0.5)
    assert time.monotonic() - started < 6
    assert worker.process_id != before
    assert worker.run(sandbox, "select 2", 5)[1] == [(2,)]
    worker.close()


def test_a_query_that_eats_memory_ends_in_an_error_and_the_next_one_runs(sandbox: Sandbox) -> None:
    worker = Worker()
    with pytest.raises((QueryTimeout, duckdb.Error)):
        worker.run(sandbox, "select length(string_agg(repeat('x', 1000000), '')) from range(100000)", 5)
    assert worker.run(sandbox, "select 2", 5)[1] == [(2,)]
    worker.close()


def test_a_killed_worker_is_replaced(metrics: Metrics) -> None:
    import os
    import signal

    assert metrics.sql("select 1 as one").rows == [{"one": 1}]
    process = metrics._worker.process_id
    assert process is not None
    os.kill(process, signal.SIGKILL)
    time.sleep(0.2)
    assert metrics.sql("select 1 as one").rows == [{"one": 1}]


def test_dates_and_numbers_survive_the_way_through_the_worker(metrics: Metrics) -> None:
    row = metrics.sql(
        "select date '2025-01-02' d, timestamp '2025-01-02 03:04:05' t, 1.5::decimal(9, 2) n, null x, true b, 'é\"' s"
    ).rows[0]
    assert [str(value) for value in row.values()] == [
        "2025-01-02", "2025-01-02 03:04:05", "1.5", "None", "True", 'é"',
    ]  # fmt: skip


def test_more_rows_than_the_most_are_cut_and_said(workspace: Workspace) -> None:
    small = Metrics.open(workspace, Settings(query_max_rows=5))
    try:
        result = small.sql("select sale_id from fct_sales")
        assert (len(result.rows), result.truncated) == (5, True)
        result = small.query(MetricQuery(metrics=("net_sales",), by=("day",)))
        assert (len(result.rows), result.truncated) == (5, True)
        assert not small.query(MetricQuery(metrics=("net_sales",), by=("store",))).truncated
    finally:
        small.close()


def test_a_newer_run_is_picked_up_and_the_old_one_can_go(workspace: Workspace, tmp_path: Path) -> None:
    mine = Workspace(tmp_path / "copy")
    shutil.copytree(workspace.root, mine.root)
    opened = Metrics.open(mine, Settings())
    query = MetricQuery(metrics=("net_sales",))
    before = opened.query(query).rows
    assert not opened.refresh()
    newer = mine.serving / "marts-2"
    shutil.copytree(mine.serving / "marts-1", newer)
    with duckdb.connect(newer / "warehouse.duckdb") as connection:
        connection.execute("update marts.fct_sale_lines set net_amount = net_amount * 2")
    (newer / "run.json").write_text((newer / "run.json").read_text().replace('"run_id": "1"', '"run_id": "2"'))
    mine.pointer.write_text("marts-2")
    shutil.rmtree(mine.serving / "marts-1")
    assert opened.query(query).rows == before
    assert opened.refresh()
    assert opened.query(query).rows[0]["net_sales"] == before[0]["net_sales"] * 2
    opened.close()


def test_a_workspace_without_a_run_says_so(tmp_path: Path) -> None:
    empty = create(tmp_path, "empty", WorkspaceDescription(kind="demo", created_at="2025-01-01T00:00:00Z"))
    with pytest.raises(NothingPublished):
        Metrics.open(empty, Settings())


def test_a_broken_serving_folder_says_so(workspace: Workspace, tmp_path: Path) -> None:
    for name, text in (("warehouse.duckdb", "no database"), ("manifest.json", "{"), ("semantic_manifest.json", "")):
        broken = Workspace(tmp_path / name / "copy")
        shutil.copytree(workspace.root, broken.root)
        (broken.serving / "marts-1" / name).write_text(text)
        with pytest.raises(NothingPublished, match="cannot be"):
            Metrics.open(broken, Settings())
