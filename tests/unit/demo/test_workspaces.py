"""Demo workspaces are made once and never over something else."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.workspaces import prepare
from retail.errors import UnusableRequest, WorkspaceBusy
from retail.settings import Settings

ROOT = Path(__file__).parents[3]

KILLED_WHILE_WRITING = """
    import os, signal, sys, threading, time
    from datetime import datetime, UTC
    from pathlib import Path
    from demo.workspaces import prepare
    from retail.settings import Settings

    home = Path(sys.argv[1])

    def kill_when_writing():
        while not list(home.glob("demo-sample/.incoming.making-*/files/sale_lines.csv")):
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=kill_when_writing, daemon=True).start()
    prepare(Settings(home=home), "sample", as_of_at=datetime(2025, 3, 4, 20, tzinfo=UTC), size="small")
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "data")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_demo_is_made_once_and_keeps_its_as_of_moment(settings: Settings) -> None:
    moment = datetime(2025, 3, 4, 20, tzinfo=UTC)
    workspace = prepare(settings, "sample", as_of_at=moment, size="small")
    assert workspace.name == "demo-sample"
    assert workspace.sources.read_text() == "sources:\n  - type: files\n    path: incoming\n"
    description = workspace.describe()
    assert (description.kind, description.dataset, description.as_of_at) == ("demo", "sample", moment)
    written = {path.name: path.stat().st_mtime_ns for path in workspace.incoming.iterdir()}
    began = time.perf_counter()
    again = prepare(settings, "sample", as_of_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert time.perf_counter() - began < 0.1
    assert again.describe() == description
    assert {path.name: path.stat().st_mtime_ns for path in workspace.incoming.iterdir()} == written


def test_unset_the_as_of_moment_is_the_last_afternoon(settings: Settings) -> None:
    as_of_at = prepare(settings, "sample", size="small").describe().as_of_at
    assert as_of_at is not None
    assert 0 <= (datetime.now(UTC) - as_of_at).total_seconds() <= 25 * 3600


def test_a_killed_demo_leaves_no_files_and_the_next_one_completes_it(settings: Settings) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED_WHILE_WRITING), str(settings.home)], cwd=ROOT, check=False
    )
    assert killed.returncode == -9
    root = settings.home / "demo-sample"
    assert names(root / "incoming") == []
    assert [name for name in names(root) if name.startswith(".incoming")] != []
    workspace = prepare(settings, "sample", size="small")
    assert workspace.describe().as_of_at == datetime(2025, 3, 4, 20, tzinfo=UTC)
    assert len(names(workspace.incoming)) == 15
    assert [name for name in names(root) if name.startswith(".incoming")] == []


def test_files_without_their_sources_file_get_it_without_being_made_again(settings: Settings) -> None:
    workspace = prepare(settings, "sample", size="small")
    written = (workspace.incoming / "sale_lines.csv").stat().st_mtime_ns
    workspace.sources.unlink()
    prepare(settings, "sample", size="small")
    assert workspace.sources.exists()
    assert (workspace.incoming / "sale_lines.csv").stat().st_mtime_ns == written


def test_two_at_once_do_not_get_into_each_others_way(settings: Settings) -> None:
    workspace = prepare(settings, "sample", size="small")
    workspace.sources.unlink()
    with workspace.locked(), pytest.raises(WorkspaceBusy):
        prepare(settings, "sample", size="small")


def test_a_real_shop_under_the_demos_name_is_left_alone(settings: Settings) -> None:
    workspace = prepare(settings, "sample", size="small")
    description = workspace.root / "workspace.json"
    description.write_text('{"kind": "real", "created_at": "2025-01-01T00:00:00Z"}')
    with pytest.raises(UnusableRequest, match="was not made as a demo"):
        prepare(settings, "sample", size="small")
