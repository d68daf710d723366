"""`tillsight demo`, `run`, `sync` and `dagster`: getting data in and numbers out."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.context import CliContext, of
from cli.output import print_json, print_line, print_note

if TYPE_CHECKING:
    from connectors.report import LoadReport
    from pipelines.run import RunReport
    from retail.workspace import Workspace

_SHOWN_NAMES: Final = 5


class Dataset(StrEnum):
    """Data sets that a demo can be made of."""

    SAMPLE = "sample"
    COMPLETE_JOURNEY = "complete-journey"


def demo(
    context: typer.Context,
    dataset: Annotated[Dataset, typer.Option(help="What the demo is made of.")] = Dataset.SAMPLE,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Whether to open the app afterwards.")] = True,
) -> None:
    """Make a demo workspace, run the pipeline if anything is new, and open the app."""
    command = of(context)
    workspace = _prepared(command, dataset)
    from pipelines.inputs import is_up_to_date

    if is_up_to_date(workspace, command.settings):
        print_note(f"Workspace {workspace.name} is up to date.")
    else:
        print_note(_summary(_run(command, workspace, "demo")))
    if serve:
        from cli.serve import serve as serve_app

        serve_app(command, workspace)
    else:
        print_line(f"Workspace {workspace.name} is ready in {workspace.root}. Open it with `tillsight app`.")


def run(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print the run as JSON.")] = False
) -> None:
    """Run the whole pipeline: load, build, forecast, publish."""
    command = of(context)
    report = _run(command, command.workspace(), "command")
    if as_json:
        print_json(
            {
                "run_id": report.run.run_id,
                "status": report.run.status,
                "message": report.run.message,
                "seconds": round(report.seconds, 1),
                "published_run_id": report.published.run_id,
                "as_of": report.published.as_of_at,
                "tables": report.published.tables,
                "steps": [
                    {
                        "step": step.step,
                        "status": step.status,
                        "rows": step.rows,
                        "message": step.message,
                        "seconds": round((step.finished_at - step.started_at).total_seconds(), 1)
                        if step.finished_at
                        else None,
                    }
                    for step in report.steps
                ],
            }
        )
    else:
        print_line(_summary(report))


def sync(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="The source to load; all of them if left out.")] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also read again what changes without a trace, and look for deletions, now.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Load the sources into the warehouse and report what was read, without building or publishing anything."""
    command = of(context)
    from pipelines.progress import TerminalDisplay
    from pipelines.sync import sync_sources

    with TerminalDisplay() as display:
        reports = sync_sources(command.workspace(), command.settings, only=source, progress=display, is_deep=deep)
    if as_json:
        print_json({"sources": [_described(report) for report in reports]})
    for report in [] if as_json else reports:
        _show(report)
    if any(report.errors for report in reports):
        raise typer.Exit(1)


def select(context: typer.Context) -> None:
    """Backtest the forecast's models on this shop's own history, and weigh them by it from the next run on."""
    from pipelines.wiring import SELECTION_JOB

    command = of(context)
    report = _run(command, command.workspace(), "command", job=SELECTION_JOB)
    print_line(f"The models are weighed anew: {report.steps[-1].message}. The next run forecasts with these weights.")


def dagster(context: typer.Context) -> None:
    """Start Dagster's own pages on this workspace: runs, assets, schedule and sensor."""
    command = of(context)
    workspace = command.workspace()
    from pipelines.environment import NO_TELEMETRY
    from pipelines.instance import write_instance

    write_instance(workspace)
    os.environ.update(
        {
            **NO_TELEMETRY,
            "DAGSTER_HOME": str(workspace.dagster_home),
            "TILLSIGHT_HOME": str(workspace.root.parent),
            "TILLSIGHT_WORKSPACE": workspace.name,
        }
    )
    arguments = ["-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1"]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 (our own arguments)


def _show(report: LoadReport) -> None:
    """A line per table that something was read of, then what could not be read."""
    print_line(
        f"{report.source}: {report.read:,} read = {report.accepted:,} accepted + {report.quarantined:,} quarantined"
        + ("" if report.changed or report.read else ", nothing new")
    )
    for table in report.tables.values():
        if table.read:
            print_line(f"  {table.table:<24} {table.read:>10,} = {table.accepted:>10,} + {table.quarantined:>8,}")
    if report.gone:
        print_note(f"  No longer in the folder, rows kept: {_shortened(report.gone)}")
    for error in report.errors:
        print_note(f"  {error}")


def _shortened(names: list[str]) -> str:
    more = len(names) - _SHOWN_NAMES
    return ", ".join(names[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")


def _described(report: LoadReport) -> dict[str, object]:
    """A load as JSON; the rows of each table and of the whole add up: accepted + quarantined = read."""
    return {
        "source": report.source,
        "read": report.read,
        "accepted": report.accepted,
        "quarantined": report.quarantined,
        "tables": [asdict(table) for table in report.tables.values()],
        "ignored": report.ignored,
        "gone": report.gone,
        "errors": [str(error) for error in report.errors],
    }


def _prepared(command: CliContext, dataset: Dataset) -> Workspace:
    from demo.workspaces import prepare
    from pipelines.progress import TerminalDisplay

    with TerminalDisplay() as display:
        display.begin("prepare")
        workspace = prepare(command.settings, dataset.value, progress=display)
        display.end("prepare", has_failed=False, summary=f"workspace {workspace.name}")
    return workspace


def refresh_drafts(context: typer.Context) -> None:
    """Draft anew from the last forecast with the terms and decisions as they are now, and publish; takes seconds."""
    from pipelines.wiring import REPLENISHMENT_JOB

    command = of(context)
    print_note(_summary(_run(command, command.workspace(), "command", job=REPLENISHMENT_JOB)))


def _run(command: CliContext, workspace: Workspace, trigger: str, job: str | None = None) -> RunReport:
    from pipelines.progress import TerminalDisplay
    from pipelines.run import run_pipeline
    from pipelines.wiring import JOB

    with TerminalDisplay() as display:
        return run_pipeline(workspace, command.settings, trigger=trigger, job=job or JOB, progress=display)


def _summary(report: RunReport) -> str:
    rows = sum(report.published.tables.values())
    noted = f" Note: {report.run.message}" if report.run.message else ""
    return f"Published {rows:,} rows in {len(report.published.tables)} tables in {report.seconds:.0f} s.{noted}"
