"""Loading a source as `tillsight sync` does, with a stopwatch."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.timing import stopwatch
from connectors import load
from connectors.report import LoadReport
from connectors.source import SourceConfig
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create


def new_workspace(folder: Path) -> Workspace:
    """An empty workspace in a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    return create(folder, "shop", WorkspaceDescription(kind="real", created_at=datetime.now(UTC)))


def load_once(source: SourceConfig, workspace: Workspace, *, is_deep: bool = False) -> tuple[float, LoadReport]:
    """Seconds of one load, the login included, and its report."""
    with stopwatch() as watch:
        report = load(source, workspace, Settings(), silent, is_deep=is_deep)
    return watch.seconds, report
