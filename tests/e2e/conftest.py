"""The demo as a newcomer makes it, served by the real command, and a real browser to look at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
TILLSIGHT = Path(sys.executable).parent / "tillsight"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Demo:
    """A published demo, its address, and the command line beside it."""

    url: str
    home: Path
    seconds: float

    def json(self, *arguments: str) -> Any:
        return json.loads(tillsight(self.home, *arguments, "--json").stdout)


def tillsight(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [TILLSIGHT, *arguments], env=_environment(home), cwd=ROOT, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("newcomer")
    began = time.monotonic()
    tillsight(home, "demo", "--no-serve")
    seconds = time.monotonic() - began
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = _environment(home) | {"TILLSIGHT_APP_PORT": str(port)}
    log = (home / "app.log").open("w")
    process = subprocess.Popen(
        [TILLSIGHT, "app"], env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(lambda: _is_healthy(url), 60)
        yield Demo(url, home, seconds)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium here: .ci/run installs it")
        pytest.skip("no chromium here: install Debian's package, or name one with CHROMIUM=/path")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLSIGHT_")}
    return kept | {"TILLSIGHT_HOME": str(home), "HOME": str(_home_folder(home))}


def _home_folder(home: Path) -> Path:
    """A newcomer's own home folder, in which the product has no business."""
    folder = home / "home-folder"
    folder.mkdir(exist_ok=True)
    return folder


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait_for(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "the app did not become healthy in time"
        time.sleep(0.3)
