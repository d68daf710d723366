"""The ingest step: every connected source into its raw schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from connectors import load, read_sources
from connectors.report import LoadReport
from retail.errors import UnusableRequest
from retail.progress import Progress, silent
from retail.settings import Settings
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

    A file that cannot be read is in its report's `errors`; the others are loaded all the same.

    Raises:
        UnusableRequest: `only` names no connected source.
        SourceError: A source could not be read at all.
    """
    sources = [source for source in read_sources(workspace) if only in (None, source.type)]
    if not sources:
        known = ", ".join(connected_sources(workspace)) or "none"
        raise UnusableRequest(f"There is no source {only!r} in {workspace.sources} (there: {known}).")
    return [load(source, workspace, settings, progress, is_deep=is_deep) for source in sources]


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
