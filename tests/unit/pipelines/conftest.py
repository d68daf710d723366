"""A shop of 32 sale lines and a dbt project of a few models: a whole run takes seconds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.run import RunReport, run_pipeline
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create

NOW = datetime(2024, 3, 10, tzinfo=UTC)
LINES = "sale_line_id,sale_id,store_id,product_id,sold_at,quantity,net_amount"


@dataclass(frozen=True, slots=True)
class FinishedShop:
    """A shop after its first run; tests copy it before they change it."""

    workspace: Workspace
    project: Path
    report: RunReport


@pytest.fixture(scope="session")
def finished_shop(tmp_path_factory: pytest.TempPathFactory) -> FinishedShop:
    """One run that all tests of this folder may look at."""
    base = tmp_path_factory.mktemp("finished")
    shutil.copytree(Path(__file__).parent / "project", base / "project")
    workspace = _make_shop(base / "home")
    report = run_pipeline(workspace, Settings(home=base / "home", threads=1), trigger="test", project=base / "project")
    return FinishedShop(workspace, base / "project", report)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", threads=1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the small project that a test may change."""
    return Path(shutil.copytree(Path(__file__).parent / "project", tmp_path / "project"))


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    """A workspace with files and nothing run yet."""
    return _make_shop(tmp_path / "home")


@pytest.fixture
def published_shop(finished_shop: FinishedShop, tmp_path: Path) -> Workspace:
    """A copy of the shop after its first run."""
    return Workspace(Path(shutil.copytree(finished_shop.workspace.root, tmp_path / "home" / "shop")))


def _make_shop(home: Path) -> Workspace:
    description = WorkspaceDescription(
        kind="real",
        created_at=NOW,
        as_of_at=NOW,
        reporting_currency="EUR",
        default_time_zone="Europe/Paris",
    )
    workspace = create(home, "shop", description)
    workspace.sources.write_text("sources:\n  - type: files\n")
    (workspace.incoming / "stores.csv").write_text("store_id,name\nS1,North\nS2,South\n")
    lines = [
        f"L{day}{store}{product},T{day}{store},{store},{product},2024-03-0{day}T10:00:00Z,{day},{day}.50"
        for day in range(1, 9)
        for store in ("S1", "S2")
        for product in ("A", "B")
    ]
    (workspace.incoming / "sale_lines.csv").write_text("\n".join([LINES, *lines]) + "\n")
    return workspace
