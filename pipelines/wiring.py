"""All assets, checks, schedules and the job of one workspace, put together."""

from __future__ import annotations

import json
from pathlib import Path

from dagster import AssetSelection, Definitions, define_asset_job, in_process_executor

from pipelines import assets
from pipelines.checks import reconciliation_checks
from pipelines.dbt import PROJECT, Dbt
from pipelines.ingest import connected_sources
from pipelines.keys import WEIGHTS_KEY
from pipelines.progress import RunDisplay, SilentDisplay
from pipelines.resources import pipeline_run
from pipelines.schedules import drift_sensor, incoming_sensor, nightly_schedule, weekly_selection
from retail.settings import Settings
from retail.workspace import Workspace

JOB = "pipeline"
SELECTION_JOB = "selection"
REPLENISHMENT_JOB = "replenishment"


def definitions_of(
    workspace: Workspace,
    settings: Settings,
    *,
    display: RunDisplay | None = None,
    lock: bool = True,
    project: Path = PROJECT,
) -> Definitions:
    """Definitions of a workspace, wired from its dbt manifest (parsed first if it is missing or stale).

    Args:
        workspace: The workspace that the job works on.
        settings: Settings of the run.
        display: Where progress is shown; nowhere by default.
        lock: Whether a run takes the workspace's lock; false where the caller holds it.
        project: Folder of the dbt project.

    Raises:
        ConfigurationError: The workspace or its sources cannot be read.
        PipelineError: The dbt project cannot be parsed.
    """
    dbt = Dbt(workspace, settings, connected_sources(workspace), project)
    manifest = json.loads(dbt.prepare().read_text())
    semantic_manifest = json.loads(dbt.semantic_manifest.read_text())
    # One process a run: DuckDB has one writer.
    whole = AssetSelection.all() - AssetSelection.assets(WEIGHTS_KEY)
    job = define_asset_job(JOB, whole, executor_def=in_process_executor)
    selection = define_asset_job(SELECTION_JOB, AssetSelection.assets(WEIGHTS_KEY), executor_def=in_process_executor)
    drafts_and_publication = AssetSelection.groups("replenishment", "published")
    replenishment = define_asset_job(REPLENISHMENT_JOB, drafts_and_publication, executor_def=in_process_executor)
    return Definitions(
        assets=[
            *[asset for source in dbt.sources for asset in assets.ingest_assets(source, manifest)],
            assets.dbt_models(manifest),
            assets.model_weights(),
            assets.forecast_assets(settings),
            assets.replenishment_assets(settings),
            assets.published_assets(manifest, settings),
            *assets.metric_assets(semantic_manifest),
        ],
        asset_checks=reconciliation_checks(),
        jobs=[job, selection, replenishment],
        schedules=[nightly_schedule(workspace, job), weekly_selection(workspace, selection)],
        sensors=[incoming_sensor(workspace, job), drift_sensor(workspace, job, selection)],
        resources={"pipeline_run": pipeline_run(dbt, display or SilentDisplay(), lock=lock)},
        executor=in_process_executor,
    )
