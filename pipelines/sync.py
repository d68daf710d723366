"""Loading the sources alone, without building or publishing: to see what a source holds, or to load ahead of a run."""

from __future__ import annotations

import uuid

from connectors.report import LoadReport
from pipelines.environment import switch_off_telemetry
from pipelines.ingest import ingest, summary
from pipelines.progress import RunDisplay, SilentDisplay
from retail.operational.run_log import RunLog
from retail.settings import Settings
from retail.workspace import Workspace


def sync_sources(
    workspace: Workspace,
    settings: Settings,
    *,
    only: str | None,
    progress: RunDisplay | None = None,
    is_deep: bool = False,
) -> list[LoadReport]:
    """Load every connected source, or the one named, and note it in the run log.

    `is_deep` asks now for what is otherwise done once a day: the wide re-read, and the comparison of keys.

    Raises:
        WorkspaceBusy: A run holds the workspace.
        UnusableRequest: `only` names no connected source.
        SourceError: A source could not be read at all.
    """
    switch_off_telemetry()
    display = progress or SilentDisplay()
    run_id = str(uuid.uuid4())
    with workspace.locked():
        run_log = RunLog.open(workspace, settings)
        run_log.start(run_id, "sync")
        display.begin("ingest")
        try:
            with run_log.step(run_id, "ingest") as step:
                reports = ingest(workspace, settings, only=only, progress=display, is_deep=is_deep)
                step.rows = sum(report.accepted for report in reports)
                step.message = "; ".join(summary(report) for report in reports)
                step.has_failed = any(report.errors for report in reports)
        finally:
            run_log.finish(run_id)
            run_log.close()
        display.end("ingest", has_failed=step.has_failed, summary=f"{step.rows:,} rows")
    return reports
