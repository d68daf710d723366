"""The ingest step: every connected source into its raw schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from connectors import load, read_sources
from connectors.report import LoadReport
from connectors.warehouse import is_loaded
from pipelines.warehouse import open_warehouse
from retail.errors import ConfigurationError, PipelineError, SourceError, UnusableRequest
from retail.progress import Progress, silent
from retail.settings import Settings
from retail.vocabulary import RAW_SCHEMA_PREFIX
from retail.workspace import Workspace

SHOWN_ERRORS: Final = 3


def connected_sources(workspace: Workspace) -> tuple[str, ...]:
    """Names of the sources that feed this workspace, such as `files`.

    Raises:
        ConfigurationError: `sources.yaml` is missing or wrong.
    """
    return tuple(source.type for source in read_sources(workspace))


def ingest(
    workspace: Workspace,
    settings: Settings,
    *,
    only: str | None = None,
    progress: Progress = silent,
    is_deep: bool = False,
) -> list[LoadReport]:
    """Load every connected source, or the one named, and say what was read, accepted and put aside.

    A file that cannot be read is in its report's `errors`; the others are loaded all the same. So is a source that
    cannot be read at all, where the workspace has others.

    Raises:
        UnusableRequest: `only` names no connected source.
        SourceError: The only source could not be read at all.
    """
    connected = read_sources(workspace)
    sources = [source for source in connected if only in (None, source.type)]
    if not sources:
        known = ", ".join(connected_sources(workspace)) or "none"
        raise UnusableRequest(f"There is no source {only!r} in {workspace.sources} (there: {known}).")
    reports = []
    for source in sources:
        try:
            reports.append(load(source, workspace, settings, progress, is_deep=is_deep))
        except (SourceError, ConfigurationError) as error:
            if len(connected) == 1:
                raise
            failure = error if isinstance(error, SourceError) else SourceError(str(error))
            reports.append(LoadReport(source.type, errors=[failure]))
    return reports


def loaded_sources(workspace: Workspace, settings: Settings, sources: Sequence[str]) -> tuple[str, ...]:
    """Those of the sources that have been loaded in full at least once; a first load that still goes on shows nothing.

    Raises:
        PipelineError: None of them has.
    """
    with open_warehouse(workspace, settings) as connection:
        loaded = tuple(name for name in sources if is_loaded(connection, f"{RAW_SCHEMA_PREFIX}{name}"))
    if not loaded:
        raise PipelineError(
            f"No source ({', '.join(sources)}) has been loaded in full yet. Run `tillsight sync` until one has."
        )
    return loaded


def summary(report: LoadReport) -> str:
    """One sentence on what was put aside or could not be read."""
    parts = [f"{report.quarantined:,} quarantined"] if report.quarantined else []
    if report.errors:
        shown = "; ".join(str(error) for error in report.errors[:SHOWN_ERRORS])
        parts.append(f"{len(report.errors)} could not be read and were passed over: {shown}")
    return ", ".join(parts) or "nothing put aside"


def table_metadata(report: LoadReport, table: str) -> dict[str, int]:
    """What Dagster shows for a raw table; nothing where no file fed it."""
    loaded = report.tables.get(table)
    return {} if loaded is None else {name: value for name, value in asdict(loaded).items() if name != "table"}
