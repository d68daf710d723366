"""What Dagster sees of a workspace: lineage from file to metric, checks, schedule and sensor."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Protocol

import duckdb
import pytest
import yaml
from dagster import AssetKey, DagsterInstance, Definitions, RunRequest, SkipReason, build_sensor_context
from dagster._core.instance import InstanceRef

from pipelines.inputs import weights_path
from pipelines.instance import DAGSTER_YAML
from pipelines.schedules import reason_to_select
from pipelines.wiring import definitions_of
from retail.settings import Settings
from retail.workspace import Workspace


class Finished(Protocol):
    """The shop after its first run (see conftest.py)."""

    workspace: Workspace
    project: Path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, finished_shop: Finished) -> Workspace:
    home = tmp_path_factory.mktemp("definitions")
    return Workspace(Path(shutil.copytree(finished_shop.workspace.root, home / "shop")))


@pytest.fixture(scope="module")
def project(shop: Workspace, finished_shop: Finished) -> Path:
    return Path(shutil.copytree(finished_shop.project, shop.root.parent / "project"))


@pytest.fixture(scope="module")
def definitions(shop: Workspace, project: Path) -> Definitions:
    (project / "models" / "sales_metrics.yml").write_text(METRICS)
    (project / "models" / "dim_dates.sql").write_text("select date '2024-03-01' as date_day\n")
    return definitions_of(shop, Settings(), project=project)


METRICS = """
version: 2
models:
  - name: dim_dates
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day}]
semantic_models:
  - name: sale_lines
    model: ref('fct_sale_lines')
    defaults: {agg_time_dimension: business_date}
    entities: [{name: sale_line, type: primary, expr: sale_line_id}]
    dimensions: [{name: business_date, type: time, type_params: {time_granularity: day}}]
    measures: [{name: line_net_amount, agg: sum, expr: net_amount}]
metrics:
  - name: net_sales
    label: Net sales
    type: simple
    type_params: {measure: line_net_amount}
"""


def test_a_metric_leads_back_to_the_file(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    above = {AssetKey(["metrics", "net_sales"])}
    for _ in range(10):
        above |= {parent for key in above for parent in graph.get(key).parent_keys}
    assert {
        AssetKey(["published", "fct_sale_lines"]),
        AssetKey(["marts", "fct_sale_lines"]),
        AssetKey(["raw_files", "sale_lines"]),
        AssetKey(["files", "sale_lines"]),
    } <= above
    assert AssetKey(["files", "stores"]) not in above


def test_dbt_tests_reconciliations_and_loads_are_asset_checks(definitions: Definitions) -> None:
    names = {key.name for key in definitions.resolve_asset_graph().asset_check_keys}
    assert {"unique_fct_sale_lines_sale_line_id", "invariants_hold", "totals_agree"} <= names
    assert {"everything_was_read", "nothing_was_lost", "forecast_was_made", "drafts_were_made"} <= names


def test_published_marts_go_stale(definitions: Definitions) -> None:
    node = definitions.resolve_asset_graph().get(AssetKey(["published", "fct_sale_lines"]))
    assert node.freshness_policy_or_from_metadata is not None


def test_a_real_shop_runs_every_night_in_its_own_time_zone(definitions: Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 4 * * *", "Europe/Paris")


def test_the_sensor_waits_until_files_stop_changing_and_runs_once(definitions: Definitions, shop: Workspace) -> None:
    sensor = definitions.resolve_sensor_def("incoming_files")
    instance = DagsterInstance.ephemeral()
    context = build_sensor_context(instance=instance, definitions=definitions)

    def tick() -> object:
        nonlocal context
        result = sensor(context)
        context = build_sensor_context(instance=instance, cursor=context.cursor, definitions=definitions)
        return result

    assert isinstance(tick(), SkipReason)
    assert isinstance(tick(), RunRequest)
    assert isinstance(tick(), SkipReason)
    (shop.incoming / "products.csv").write_text("product_id\n")
    assert isinstance(tick(), SkipReason)
    (shop.incoming / "products.csv").write_text("product_id\nA\n")
    assert isinstance(tick(), SkipReason)
    assert isinstance(tick(), RunRequest)


def test_the_manifest_is_parsed_into_the_workspace_and_only_when_stale(
    definitions: Definitions, shop: Workspace, settings: Settings, project: Path
) -> None:
    manifest = shop.dbt_target / "manifest.json"
    before = os.stat(manifest).st_mtime_ns
    definitions_of(shop, settings, project=project)
    assert os.stat(manifest).st_mtime_ns == before
    (project / "models" / "dim_tills.sql").write_text("select 1 as till\n")
    definitions_of(shop, settings, project=project)
    assert "model.tillsight.dim_tills" in json.loads(manifest.read_text())["nodes"]
    assert not (project / "target").exists()
    assert not (project / "logs").exists()


def test_dagster_started_by_hand_phones_nobody(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    with DagsterInstance.from_ref(InstanceRef.from_dir(str(tmp_path), config_dir=str(root))) as instance:
        assert not instance.telemetry_enabled
    assert yaml.safe_load((root / "dagster.yaml").read_text()) == yaml.safe_load(DAGSTER_YAML)


def test_models_are_weighed_anew_where_forecasts_drift_and_not_otherwise(
    finished_shop: Finished, tmp_path: Path
) -> None:
    workspace = Workspace(Path(shutil.copytree(finished_shop.workspace.root, tmp_path / "shop")))
    assert reason_to_select(workspace) is None  # no forecast, so nothing to weigh
    with duckdb.connect(str(workspace.published().database)) as connection:
        connection.execute(
            "insert into marts.fct_forecast_history (run_id, kind, cutoff_date, segment, is_drifting) values "
            "('old', 'evaluation', '2024-03-01', 'all', true), ('new', 'evaluation', '2024-03-02', 'all', false)"
        )
    assert str(reason_to_select(workspace)).startswith("No selection has been made")
    weights_path(workspace).write_text("{}")
    assert reason_to_select(workspace) is None
    with duckdb.connect(str(workspace.published().database)) as connection:
        connection.execute("update marts.fct_forecast_history set is_drifting = true where run_id = 'new'")
    assert str(reason_to_select(workspace)).endswith("all.")
