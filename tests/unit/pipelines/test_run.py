"""A run publishes all of what it was given or leaves what was there."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import duckdb
import pytest

from pipelines.inputs import inputs_now, is_up_to_date
from pipelines.run import RunReport, run_pipeline
from pipelines.sync import sync_sources
from pipelines.wiring import REPLENISHMENT_JOB
from retail.errors import PipelineError, SourceError, UnusableRequest, WorkspaceBusy
from retail.operational.run_log import RunLog, RunStatus
from retail.settings import Settings
from retail.workspace import Workspace


class Finished(Protocol):
    """The shop after its first run (see conftest.py)."""

    workspace: Workspace
    report: RunReport


def test_a_run_publishes_the_marts_and_nothing_else(finished_shop: Finished) -> None:
    report = finished_shop.report
    assert report.published.tables["fct_sale_lines"] == 32
    assert [step.step for step in report.steps] == ["ingest files", "transform", "forecast", "replenish", "publish"]
    serving = finished_shop.workspace.published()
    with duckdb.connect(str(serving.database), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
        views = connection.execute("select count(*) from duckdb_views() where not internal").fetchall()
    assert schemas == [("marts",)]
    assert views == [(0,)]
    assert serving.manifest.is_file()
    assert serving.semantic_manifest.is_file()
    assert is_up_to_date(finished_shop.workspace, Settings())


@pytest.mark.parametrize(
    ("step", "told", "table"),
    [
        ("forecast", "forecast: No new forecast was made and the last one was kept.", "fct_forecasts"),
        ("replenish", "replenish: No new drafts were made and the last ones were kept.", "fct_reorder_drafts"),
    ],
)
def test_a_forecast_or_a_draft_that_fails_holds_nothing_back_and_is_told(
    finished_shop: Finished, step: str, told: str, table: str
) -> None:
    # the small project has no fct_stock_daily and no fct_stock_levels, which the steps read
    report = finished_shop.report
    assert report.run.status is RunStatus.SUCCEEDED
    assert report.run.message is not None
    assert told in report.run.message
    assert {taken.step: taken.status for taken in report.steps}[step] is RunStatus.FAILED
    assert report.published.tables[table] == 0


def test_drafting_anew_publishes_without_loading_or_building(
    published_shop: Workspace, settings: Settings, project: Path
) -> None:
    (published_shop.incoming / "sale_lines.csv").unlink()
    before = published_shop.published().run
    report = run_pipeline(published_shop, settings, trigger="test", job=REPLENISHMENT_JOB, project=project)
    assert [step.step for step in report.steps] == ["replenish", "publish"]
    assert report.published.run_id != before.run_id
    assert report.published.inputs_fingerprint == before.inputs_fingerprint
    assert not is_up_to_date(published_shop, settings)
    assert report.published.tables["fct_sale_lines"] == 32


def test_a_failing_dbt_test_publishes_nothing_and_names_the_test(
    published_shop: Workspace, settings: Settings, project: Path
) -> None:
    before = published_shop.published().run
    (project / "tests").mkdir(exist_ok=True)  # git keeps no empty folder
    (project / "tests" / "no_south.sql").write_text("select * from {{ ref('dim_stores') }} where store = 'South'\n")
    with pytest.raises(PipelineError, match=r"failed at transform: dbt build failed: test no_south \(Got 1 result"):
        run_pipeline(published_shop, settings, trigger="test", project=project)
    assert published_shop.published().run == before
    last = RunLog.open(published_shop, settings).runs(limit=1)[0]
    assert (last.status, last.published_run_id) == (RunStatus.FAILED, None)
    assert not list(published_shop.serving.glob(".building-*"))
    with pytest.raises(PipelineError, match="The last build of the marts did not end well"):
        run_pipeline(published_shop, settings, trigger="test", job=REPLENISHMENT_JOB, project=project)
    assert published_shop.published().run == before


def test_a_project_that_does_not_parse_is_a_failed_run_in_the_log(
    shop: Workspace, settings: Settings, project: Path
) -> None:
    (project / "models" / "broken.sql").write_text("select * from {{ ref('nowhere') }}\n")
    with pytest.raises(PipelineError, match="nowhere"):
        run_pipeline(shop, settings, trigger="test", project=project)
    log = RunLog.open(shop, settings)
    assert log.runs()[0].status is RunStatus.FAILED
    assert [step.step for step in log.steps(log.runs()[0].run_id)] == ["prepare"]


def test_an_emptied_folder_fails_in_one_clear_sentence_and_the_old_run_serves(
    published_shop: Workspace, settings: Settings, project: Path
) -> None:
    before = published_shop.published().run
    for path in published_shop.incoming.iterdir():
        path.unlink()
    with pytest.raises(PipelineError, match=r"failed at ingest files: files: nothing in .*incoming feeds a table"):
        run_pipeline(published_shop, settings, trigger="test", project=project)
    assert published_shop.published().run == before


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_published(
    published_shop: Workspace, settings: Settings, project: Path
) -> None:
    (published_shop.incoming / "products.parquet").write_bytes(b"PAR1 and then nothing")
    report = run_pipeline(published_shop, settings, trigger="test", project=project)
    assert report.published.tables["fct_sale_lines"] == 32
    assert report.run.message is not None
    assert "products.parquet" in report.run.message


def test_a_second_run_beside_the_first_is_refused(shop: Workspace, settings: Settings, project: Path) -> None:
    with shop.locked(), pytest.raises(WorkspaceBusy, match="Another pipeline run"):
        run_pipeline(shop, settings, trigger="test", project=project)
    assert RunLog.open(shop, settings).runs() == []


def test_sync_loads_and_publishes_nothing(shop: Workspace, settings: Settings) -> None:
    (report,) = sync_sources(shop, settings, only=None)
    assert report.read == report.accepted + report.quarantined == 34
    assert not shop.pointer.exists()
    assert [run.trigger for run in RunLog.open(shop, settings).runs()] == ["sync"]


def test_sync_of_an_unknown_source_names_those_there_are(shop: Workspace, settings: Settings) -> None:
    with pytest.raises(UnusableRequest, match=r"no source 'odoo' .*there: files"):
        sync_sources(shop, settings, only="odoo")


def test_a_failed_sync_is_in_the_log(shop: Workspace, settings: Settings) -> None:
    for path in shop.incoming.iterdir():
        path.unlink()
    with pytest.raises(SourceError):
        sync_sources(shop, settings, only=None)
    assert RunLog.open(shop, settings).runs()[0].status is RunStatus.FAILED


@pytest.mark.parametrize("change", ["file", "as_of", "setting"])
def test_whatever_changes_the_result_changes_the_fingerprint(shop: Workspace, settings: Settings, change: str) -> None:
    before = inputs_now(shop, settings)
    assert inputs_now(shop, settings) == before
    if change == "file":
        (shop.incoming / "products.csv").write_text("product_id\nA\n")
    elif change == "as_of":
        path = shop.root / "workspace.json"
        path.write_text(path.read_text().replace("2024-03-10", "2024-03-11"))
    else:
        settings = settings.model_copy(update={"forecast_horizon_days": 14})
    assert inputs_now(shop, settings) != before


def test_threads_and_memory_do_not_change_the_fingerprint(shop: Workspace, settings: Settings) -> None:
    other = settings.model_copy(update={"threads": 7, "warehouse_memory_limit": "1GB"})
    assert inputs_now(shop, other) == inputs_now(shop, settings)
