"""Publishing: readers see all of a run or none of it, and nothing piles up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.dbt import Dbt
from pipelines.publish import publish
from retail.data_tests import DataTestResult, DataTestResults
from retail.errors import PipelineError
from retail.settings import Settings
from retail.workspace import PublishedRun, Workspace


@pytest.fixture
def dbt(shop: Workspace, settings: Settings) -> Dbt:
    """A warehouse as a build leaves it, with manifests."""
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("create schema marts; create schema raw_files; create schema staging")
        connection.execute("create table raw_files.customers as select 'secret' as phone")
        connection.execute("create table staging.lines as select 1 as line")
        connection.execute(
            "create table marts.fct_sale_lines as select range as sale_line_id, "
            "timestamptz '2024-03-08 23:30:00+00' as sold_at, date '2024-03-09' as business_date from range(5)"
        )
        connection.execute("create view marts.dim_stores as select 'S1' as store_id")
    made = Dbt(shop, settings.model_copy(update={"keep_published_runs": 2}), ("files",))
    shop.dbt_target.mkdir()
    made.manifest.write_text("{}")
    made.semantic_manifest.write_text("{}")
    return made


def run_of(dbt: Dbt, run_id: str, expected: tuple[str, ...] = ()) -> PublishedRun:
    return publish(dbt, run_id=run_id, inputs_fingerprint="f", expected_tables=expected)


def test_tables_and_views_of_the_marts_are_copied_and_raw_tables_are_not(dbt: Dbt) -> None:
    assert run_of(dbt, "a").tables == {"fct_sale_lines": 5, "dim_stores": 1}
    content = dbt.workspace.published().database.read_bytes()
    assert b"secret" not in content


def test_without_a_fixed_moment_the_newest_sale_is_now(dbt: Dbt) -> None:
    path = dbt.workspace.root / "workspace.json"
    path.write_text(dbt.workspace.describe().model_copy(update={"as_of_at": None}).model_dump_json())
    run = run_of(dbt, "a")
    assert run.as_of_at.isoformat() == "2024-03-08T23:30:00+00:00"
    assert run.as_of_date.isoformat() == "2024-03-09"


def test_a_fixed_moment_has_the_date_of_the_workspaces_time_zone(dbt: Dbt) -> None:
    assert run_of(dbt, "a").as_of_date.isoformat() == "2024-03-10"


def test_a_missing_mart_stops_publishing(dbt: Dbt) -> None:
    first = run_of(dbt, "a")
    with pytest.raises(PipelineError, match="lacks the marts fct_payments"):
        run_of(dbt, "b", expected=("fct_sale_lines", "fct_payments"))
    assert dbt.workspace.published().run == first


def test_a_run_that_lost_all_sales_is_not_published(dbt: Dbt) -> None:
    first = run_of(dbt, "a")
    with duckdb.connect(str(dbt.workspace.warehouse)) as connection:
        connection.execute("delete from marts.fct_sale_lines")
    with pytest.raises(PipelineError, match="no sale lines where the last one held 5"):
        run_of(dbt, "b")
    assert dbt.workspace.published().run == first


def test_a_missing_manifest_leaves_the_old_run_and_no_leftovers(dbt: Dbt) -> None:
    first = run_of(dbt, "a")
    dbt.semantic_manifest.unlink()
    with pytest.raises(PipelineError, match="could not be published"):
        run_of(dbt, "b")
    assert dbt.workspace.published().run == first
    assert sorted(path.name for path in dbt.workspace.serving.iterdir()) == ["current", "marts-a"]


def test_old_runs_are_pruned_and_the_current_one_never(dbt: Dbt) -> None:
    for run_id in "abcd":
        run_of(dbt, run_id)
    assert sorted(path.name for path in dbt.workspace.serving.glob("marts-*")) == ["marts-c", "marts-d"]
    assert dbt.workspace.published().run.run_id == "d"


def test_a_reader_keeps_what_it_holds_open_while_newer_runs_come(dbt: Dbt) -> None:
    run_of(dbt, "a")
    with duckdb.connect(str(dbt.workspace.published().database), read_only=True) as reader:
        with duckdb.connect(str(dbt.workspace.warehouse)) as connection:
            connection.execute("insert into marts.fct_sale_lines select 9, now(), current_date")
        for run_id in "bcd":
            run_of(dbt, run_id)
        assert reader.execute("select count(*) from marts.fct_sale_lines").fetchall() == [(5,)]
    assert dbt.workspace.published().run.tables["fct_sale_lines"] == 6


def test_what_a_killed_run_left_half_built_is_removed(dbt: Dbt) -> None:
    leftover = dbt.workspace.serving / ".building-dead"
    leftover.mkdir(parents=True)
    (leftover / "warehouse.duckdb").write_bytes(b"half")
    run_of(dbt, "a")
    assert not leftover.exists()


def test_a_run_killed_just_before_its_pointer_moved_changes_nothing_for_readers(dbt: Dbt) -> None:
    run_of(dbt, "a")
    (dbt.workspace.serving / "marts-dead").mkdir()
    assert dbt.workspace.published().run.run_id == "a"
    run_of(dbt, "b")
    run_of(dbt, "c")
    assert not (dbt.workspace.serving / "marts-dead").exists()


def test_a_name_with_a_quote_is_only_a_name(dbt: Dbt, tmp_path: Path) -> None:
    folder = dbt.workspace.root.rename(tmp_path / "o'brien")
    moved = Dbt(Workspace(folder), dbt.settings, dbt.sources)
    assert run_of(moved, "a").tables["fct_sale_lines"] == 5


def leave_results(dbt: Dbt) -> None:
    """Leave a manifest and results as a build of one model, a warning test and a passing test does."""
    model, unique, adds_up = "model.shop.fct_sales", "test.shop.unique_sale_id.1a", "test.shop.lines_add_up"
    nodes: dict[str, Any] = {
        model: {"columns": {"sale_id": {"description": "Id of the ticket."}}},
        unique: {"name": "unique_sale_id", "description": "", "attached_node": model, "column_name": "sale_id"},
        adds_up: {"name": "lines_add_up", "description": "Lines add up.", "depends_on": {"nodes": [model]}},
    }
    results = [
        {"unique_id": model, "status": "success", "failures": None, "compiled_code": "select 'secret'"},
        {"unique_id": unique, "status": "pass", "failures": 0, "compiled_code": "select 'secret'"},
        {"unique_id": adds_up, "status": "warn", "failures": 3, "compiled_code": "select 'secret'"},
    ]
    dbt.manifest.write_text(json.dumps({"nodes": nodes}))
    dbt.run_results.write_text(json.dumps({"results": results}))


def test_the_results_of_the_tests_travel_with_the_run_and_their_sql_does_not(dbt: Dbt) -> None:
    leave_results(dbt)
    run_of(dbt, "a")
    text = dbt.workspace.published().data_tests.read_text()
    assert DataTestResults.model_validate_json(text).results == (
        DataTestResult(
            name="unique_sale_id", model="fct_sales", description="Id of the ticket.", outcome="passed", failures=0
        ),
        DataTestResult(
            name="lines_add_up", model="fct_sales", description="Lines add up.", outcome="warned", failures=3
        ),
    )
    assert "secret" not in text


def test_without_results_of_a_build_a_run_is_published_without_them(dbt: Dbt) -> None:
    run_of(dbt, "a")
    assert not dbt.workspace.published().data_tests.exists()


def test_results_cut_short_leave_what_was_published_before(dbt: Dbt) -> None:
    first = run_of(dbt, "a")
    leave_results(dbt)
    dbt.run_results.write_text(dbt.run_results.read_text()[:40])
    with pytest.raises(PipelineError, match="cannot be read"):
        run_of(dbt, "b")
    assert dbt.workspace.published().run == first
