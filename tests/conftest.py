"""What every test shares: a quiet environment, and one small published demo per test session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from retail.errors import NothingPublished
from retail.settings import Settings
from retail.workspace import Workspace

SMALL_AS_OF = datetime(2025, 6, 13, 19, 0, tzinfo=UTC)
"""A Friday, three in the afternoon in New York."""


def pytest_configure() -> None:
    """Tests see no setting of the person who runs them, and no tool phones home."""
    for name in [name for name in os.environ if name.startswith("TILLSIGHT_")]:
        del os.environ[name]
    os.environ |= {"DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1", "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}


@pytest.fixture(scope="session")
def small_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small sample chain, run and published once per session for all workers. Never change it: copy it first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    settings = Settings(home=shared / "small-demo")
    with FileLock(shared / "small-demo.lock"):
        from demo.workspaces import prepare
        from pipelines.run import run_pipeline

        workspace = prepare(settings, "sample", as_of_at=SMALL_AS_OF, size="small")
        try:
            workspace.published()
        except NothingPublished:
            run_pipeline(workspace, settings, trigger="test")
    return workspace


@pytest.fixture
def small_copy(small_workspace: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the small demo that a test may change.

    Without what SQLite keeps for readers of the moment: it comes and goes while other workers ask the small demo.
    """
    root = tmp_path / "home" / small_workspace.name
    shutil.copytree(small_workspace.root, root, symlinks=True, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    return Workspace(root)


@pytest.fixture
def make_workspace(tmp_path: Path) -> Callable[..., Workspace]:
    """Make an empty workspace: `make_workspace(name, kind=…, as_of_at=…)`."""
    from retail.workspace import WorkspaceDescription, create

    def make(name: str = "shop", kind: str = "real", as_of_at: datetime | None = None) -> Workspace:
        description = WorkspaceDescription(
            kind=kind,
            created_at=SMALL_AS_OF,
            as_of_at=as_of_at,
            reporting_currency="EUR",
            default_time_zone="Europe/Paris",
        )
        return create(tmp_path / "home", name, description)

    return make
