"""One whole run of the pipeline in this process, through Dagster."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from dagster import ExecuteInProcessResult

from pipelines.dbt import PROJECT
from pipelines.environment import switch_off_telemetry
from pipelines.instance import command_line_instance
from pipelines.progress import RunDisplay, SilentDisplay
from pipelines.resources import TRIGGER_TAG
from pipelines.wiring import JOB, definitions_of
from retail.errors import PipelineError, TillsightError
from retail.operational.run_log import Run, RunLog, RunStatus, RunStep
from retail.settings import Settings
from retail.workspace import PublishedRun, Workspace


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did.

    Attributes:
        run: Its entry in the run log.
        steps: Its steps, in order.
        published: What it published.
        seconds: Wall time, with Dagster's own.
    """

    run: Run
    steps: list[RunStep]
    published: PublishedRun
    seconds: float


def run_pipeline(
    workspace: Workspace,
    settings: Settings,
    *,
    trigger: str,
    job: str = JOB,
    progress: RunDisplay | None = None,
    project: Path = PROJECT,
) -> RunReport:
    """Run every step and publish, or the steps of another job. The run is noted in the run log however it ends.

    Args:
        workspace: The workspace to run.
        settings: Settings of the run.
        trigger: What started it, for the run log: `demo`, `command` and so on.
        job: Name of the job (`pipelines.wiring`).
        progress: Where progress is shown; nowhere by default.
        project: Folder of the dbt project.

    Raises:
        WorkspaceBusy: Another run holds the workspace.
        PipelineError: A step failed; the message names it. What was published before keeps serving.
    """
    began = time.monotonic()
    switch_off_telemetry()
    with workspace.locked():
        try:
            definitions = definitions_of(
                workspace, settings, display=progress or SilentDisplay(), lock=False, project=project
            )
        except TillsightError as error:
            _note_failed_start(workspace, settings, trigger, error)
            raise
        with command_line_instance(workspace) as instance:
            result = definitions.resolve_job_def(job).execute_in_process(
                run_config=_console(settings), instance=instance, raise_on_error=False, tags={TRIGGER_TAG: trigger}
            )
        run_log = RunLog.open(workspace, settings)
        run, steps = run_log.run(result.run_id), run_log.steps(result.run_id)
        run_log.close()
        if not result.success or run.status is not RunStatus.SUCCEEDED:
            raise PipelineError(_failure(result, run))
        return RunReport(run, steps, workspace.published().run, time.monotonic() - began)


def _note_failed_start(workspace: Workspace, settings: Settings, trigger: str, error: TillsightError) -> None:
    """Put a run into the log that could not even be wired: unreadable sources, a dbt project that does not parse."""
    run_log = RunLog.open(workspace, settings)
    run_id = str(uuid.uuid4())
    run_log.start(run_id, trigger)
    try:
        with run_log.step(run_id, "prepare"):
            raise error
    except TillsightError:
        run_log.finish(run_id)
    finally:
        run_log.close()


def _console(settings: Settings) -> dict[str, object]:
    """Keep Dagster's own log, tracebacks and all, off the terminal unless it is asked for: its pages have it."""
    is_wanted = settings.log_level.upper() in {"DEBUG", "INFO"}
    return {"loggers": {"console": {"config": {"log_level": settings.log_level.upper() if is_wanted else "CRITICAL"}}}}


def _failure(result: ExecuteInProcessResult, run: Run) -> str:
    """One sentence: from the run log, else from what Dagster says."""
    reason = run.message
    if reason is None:
        failures = [event for event in result.all_events if event.is_failure]
        reason = " ".join((failures[0].message or "").split()) if failures else "Dagster gave no reason"
    return f"The pipeline failed at {reason} What was published before keeps serving."
