"""Demo workspaces: made once, with an as-of moment that stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from demo import complete_journey, sample
from demo.delivery import remove_leftovers
from demo.sample.chain import Size
from retail.errors import UnusableRequest
from retail.progress import Progress, silent
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create, write_atomically

Dataset = Literal["sample", "complete-journey"]

_SOURCES = "sources:\n  - type: files\n    path: incoming\n"
_TIME_ZONE = "America/New_York"
_NOW_HOUR = 15


def prepare(
    settings: Settings,
    dataset: Dataset,
    *,
    as_of_at: datetime | None = None,
    size: Size = "full",
    progress: Progress = silent,
) -> Workspace:
    """Make a demo workspace with its files, or find it made.

    Whatever was begun and broken off is completed; what is complete is left as it is, with the as-of moment and size
    that it was made with.

    Args:
        settings: Where workspaces live.
        dataset: What the demo is made of.
        as_of_at: The moment that counts as now in a new sample; unset means the last 15:00 in New York. Complete
            Journey always ends with its last sale.
        size: Size of a new sample.
        progress: Told how far it is.

    Raises:
        UnusableRequest: The workspace of that name is no such demo, or a package is missing.
        WorkspaceBusy: Another process is writing the workspace.
        PipelineError: The files cannot be written.
    """
    root = settings.home / f"demo-{dataset}"
    if not (root / "workspace.json").exists():
        create(settings.home, root.name, _description(dataset, as_of_at))
    workspace = Workspace(root.resolve())
    description = workspace.describe()
    if description.dataset != dataset or description.as_of_at is None:
        raise UnusableRequest(
            f"The workspace {root.name!r} was not made as a demo of {dataset}: move it out of the way."
        )
    if _is_complete(workspace):
        return workspace
    with workspace.locked():
        remove_leftovers(workspace.incoming)
        if not _has_files(workspace.incoming):
            _fill(workspace, dataset, description.as_of_at, size, progress)
        if not workspace.sources.exists():
            write_atomically(workspace.sources, _SOURCES)
    return workspace


def _description(dataset: Dataset, as_of_at: datetime | None) -> WorkspaceDescription:
    now = datetime.now(UTC).replace(microsecond=0)
    if dataset == "complete-journey":
        as_of_at = complete_journey.last_sale_at()
    return WorkspaceDescription(
        kind="demo",
        dataset=dataset,
        created_at=now,
        as_of_at=(as_of_at or _last_afternoon(now)).replace(microsecond=0),
        reporting_currency="USD",
        default_time_zone=_TIME_ZONE,
    )


def _last_afternoon(now: datetime) -> datetime:
    """The last 15:00 in New York: a day that is under way, but never in the future."""
    local = now.astimezone(ZoneInfo(_TIME_ZONE))
    afternoon = local.replace(hour=_NOW_HOUR, minute=0, second=0, microsecond=0)
    if afternoon > local:
        afternoon -= timedelta(days=1)
    return afternoon.astimezone(UTC)


def _is_complete(workspace: Workspace) -> bool:
    return workspace.sources.exists() and _has_files(workspace.incoming)


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("sale_lines.*"))


def _fill(workspace: Workspace, dataset: Dataset, as_of_at: datetime, size: Size, progress: Progress) -> None:
    if dataset == "sample":
        sample.generate(workspace.incoming, as_of_at=as_of_at, size=size, progress=progress)
    else:
        complete_journey.convert(workspace.incoming, progress=progress)
