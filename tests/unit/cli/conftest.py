"""Run the command as a person does: as a process, with its own environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Completed = subprocess.CompletedProcess[str]


@pytest.fixture
def tillsight(tmp_path: Path) -> Callable[..., Completed]:
    """Run `tillsight` with arguments, in a home of its own; keywords are environment variables."""

    def run(*arguments: str, **environment: str) -> Completed:
        return subprocess.run(
            [str(Path(sys.executable).parent / "tillsight"), *arguments],
            env={**os.environ, "TILLSIGHT_HOME": str(tmp_path / "home"), **environment},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
