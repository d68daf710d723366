"""When the pipeline runs by itself: every night, and when files have arrived."""

# No `from __future__ import annotations` here: Dagster reads the type of `context` from the function itself.

import hashlib
import json
from datetime import UTC, datetime

import duckdb
from dagster import (
    DagsterRunStatus,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    RunRequest,
    RunStatusSensorContext,
    ScheduleDefinition,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    run_status_sensor,
    sensor,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from forecasting.drift import wants_selection
from pipelines.fingerprint import stamps
from pipelines.inputs import incoming_files, weights_path
from retail.duckdb_options import OFFLINE
from retail.errors import NothingPublished
from retail.vocabulary import MARTS_SCHEMA
from retail.workspace import Workspace

SUNDAYS = "30 2 * * 0"
"""Half past two on Sundays: done before the nightly run begins."""

NIGHTLY = "30 4 * * *"
"""Half past four, when a shop's day is over and its next has not begun."""


def nightly_schedule(workspace: Workspace, job: UnresolvedAssetJobDefinition) -> ScheduleDefinition:
    """Run every night in the workspace's time zone; on by itself for a real shop, off for a demo."""
    return _schedule("nightly", NIGHTLY, workspace, job)


def weekly_selection(workspace: Workspace, job: UnresolvedAssetJobDefinition) -> ScheduleDefinition:
    """Backtest the forecast's models every week; on by itself for a real shop, off for a demo."""
    return _schedule("weekly_selection", SUNDAYS, workspace, job)


def _schedule(name: str, cron: str, workspace: Workspace, job: UnresolvedAssetJobDefinition) -> ScheduleDefinition:
    description = workspace.describe()
    is_real = description.kind == "real"
    return ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=cron,
        execution_timezone=description.default_time_zone,
        default_status=DefaultScheduleStatus.RUNNING if is_real else DefaultScheduleStatus.STOPPED,
    )


def incoming_sensor(workspace: Workspace, job: UnresolvedAssetJobDefinition) -> SensorDefinition:
    """Run when files have arrived or changed, once they have stopped changing."""
    is_real = workspace.describe().kind == "real"

    @sensor(
        name="incoming_files",
        job=job,
        minimum_interval_seconds=60,
        default_status=DefaultSensorStatus.RUNNING if is_real else DefaultSensorStatus.STOPPED,
    )
    def look(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        cursor = json.loads(context.cursor) if context.cursor else {"seen": None, "ran": None}
        now = hashlib.sha256("\n".join(stamps(incoming_files(workspace))).encode()).hexdigest()
        if now == cursor["ran"]:
            return SkipReason("No file has changed since the last run.")
        if now != cursor["seen"]:
            context.update_cursor(json.dumps({**cursor, "seen": now}))
            return SkipReason("Files have changed; waiting until they stop changing.")
        context.update_cursor(json.dumps({"seen": now, "ran": now}))
        return RunRequest(run_key=now)

    return look


def drift_sensor(
    workspace: Workspace, job: UnresolvedAssetJobDefinition, selection: UnresolvedAssetJobDefinition
) -> SensorDefinition:
    """Backtest the models after a run whose forecasts did worse than expected, and where no backtest was made yet."""
    is_real = workspace.describe().kind == "real"

    @run_status_sensor(
        run_status=DagsterRunStatus.SUCCESS,
        name="forecast_drift",
        monitored_jobs=[job],
        request_job=selection,
        default_status=DefaultSensorStatus.RUNNING if is_real else DefaultSensorStatus.STOPPED,
    )
    def look(context: RunStatusSensorContext) -> RunRequest | SkipReason:
        reason = reason_to_select(workspace)
        if reason is None:
            return SkipReason("The forecasts are as good as the last backtest led to expect.")
        return RunRequest(run_key=f"selection-{context.dagster_run.run_id}", tags={"tillsight/reason": reason})

    return look


def reason_to_select(workspace: Workspace) -> str | None:
    """Why the models should be weighed anew, by the published forecasts and the last selection; null: they need not."""
    try:
        serving = workspace.published()
    except NothingPublished:
        return None
    with duckdb.connect(str(serving.database), read_only=True, config={**OFFLINE}) as connection:
        newest = connection.execute(
            f"select segment, is_drifting from {MARTS_SCHEMA}.fct_forecast_history where kind = 'evaluation' "
            f"and cutoff_date = (select max(cutoff_date) from {MARTS_SCHEMA}.fct_forecast_history "
            "where kind = 'evaluation')"
        ).fetchall()
    if not newest:
        return None
    weights = weights_path(workspace)
    selected_on = datetime.fromtimestamp(weights.stat().st_mtime, UTC).date() if weights.exists() else None
    rows = [{"segment": segment, "is_drifting": is_drifting} for segment, is_drifting in newest]
    return wants_selection(rows, datetime.now(UTC).date(), selected_on)
