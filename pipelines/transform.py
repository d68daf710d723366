"""The transform step: what dbt must know, then `dbt build` (models and their tests, in order)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forecasting.run import ensure_tables
from pipelines.dbt import Dbt, Event
from pipelines.ingest import loaded_sources
from pipelines.warehouse import open_warehouse, write_control
from retail.progress import Progress, silent

NODE_RESULTS = frozenset({"LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult"})


def prepare_warehouse(dbt: Dbt) -> Dbt:
    """Write what dbt reads beside the sources: the control table, and the forecast tables where they are missing.

    Returns:
        The project of those sources that have been loaded in full.

    Raises:
        PipelineError: No source has been loaded.
    """
    sources = loaded_sources(dbt.workspace, dbt.settings, dbt.sources)
    with open_warehouse(dbt.workspace, dbt.settings) as connection:
        write_control(connection, dbt.workspace.name, dbt.workspace.describe())
        ensure_tables(connection)
    return dbt.of_sources(sources)


def transform(dbt: Dbt, *, select: Sequence[str] = (), progress: Progress = silent) -> Iterator[Event]:
    """Build and test every model, yielding dbt's log as it comes.

    Incremental models start over when the SQL has changed since the last whole build: rows made by older SQL beside
    rows made by newer would be two truths in one table.

    Args:
        dbt: The project on a workspace.
        select: Models to build; none means all.
        progress: Told about each model and test.

    Raises:
        PipelineError: A model could not be built or a test of severity error failed; names them.
    """
    refresh = [] if dbt.is_built_as_written else ["--full-refresh"]
    for event in dbt.run("build", *refresh, *(["--select", *select] if select else [])):
        if event["info"]["name"] in NODE_RESULTS:
            data = event["data"]
            progress(
                str(data["node_info"]["node_name"]), int(data["index"]), int(data.get("total") or data["num_models"])
            )
        yield event
    if not select:
        dbt.note_whole_build()
