"""`tillsight app`: start the pages, say where they are, and stop them when this command stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from cli.context import CliContext, of
from cli.output import print_line, print_note
from retail.errors import TillsightError, UnusableRequest

if TYPE_CHECKING:
    from retail.workspace import Workspace

APP = Path(__file__).parent.parent / "app" / "main.py"
LOCAL_HOSTS = frozenset({"127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104 (compared with, not bound to)
PORTS_TRIED = 50
SECONDS_TO_START = 60.0
WHAT_TO_TRY = """\
  Today       what needs attention now
  Sales       choose a period, a store and a category; click down to tickets
  Inventory   what is about to run out, and what has lain too long
  Forecast    the next weeks of one product in one store, with the range to expect
Stop with Ctrl-C."""


def app(context: typer.Context) -> None:
    """Open the app on this machine."""
    command = of(context)
    workspace = command.workspace()
    workspace.published()
    serve(command, workspace)


def serve(command: CliContext, workspace: Workspace) -> None:
    """Run the app until it is stopped.

    Raises:
        TillsightError: It did not start.
    """
    from retail.child_process import start

    host = command.settings.app_host
    port = free_port(host, command.settings.app_port)
    process = start(
        "streamlit", _arguments(host, port), folder=APP.parent, environment=_environment(command, workspace)
    )
    previous = signal.signal(signal.SIGTERM, _stop)
    try:
        _wait_until_healthy(process, host, port)
        shown = f"http://{'localhost' if host in LOCAL_HOSTS else host}:{port}"
        print_line(f"\nTillsight is open at {shown} (workspace {workspace.name}). Try:\n{WHAT_TO_TRY}")
        sys.stdout.flush()
        if _is_desktop():
            webbrowser.open(shown)
        process.wait()
    except KeyboardInterrupt:
        print_note("Stopped.")
    finally:
        signal.signal(signal.SIGTERM, previous)
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that nothing listens on.

    Raises:
        UnusableRequest: The address is not this machine's, or no port near is free.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                continue
            except OSError as error:
                if error.errno in {98, 48}:  # in use, on Linux and on macOS
                    continue
                raise UnusableRequest(f"The app cannot listen on {host}: {error}. Check TILLSIGHT_APP_HOST.") from error
            return int(probe.getsockname()[1])
    raise UnusableRequest(f"No port from {wanted} on is free on {host}. Choose another with TILLSIGHT_APP_PORT.")


def _arguments(host: str, port: int) -> list[str]:
    quiet = ["--logger.level=warning", "--logger.hideWelcomeMessage=true", "--server.headless=true"]
    return ["run", str(APP), f"--server.address={host}", f"--server.port={port}", *quiet]


def _environment(command: CliContext, workspace: Workspace) -> dict[str, str]:
    """The app finds the same workspace, role and stores as this command, from wherever it runs."""
    return {
        **os.environ,
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "TILLSIGHT_HOME": str(workspace.root.parent),
        "TILLSIGHT_WORKSPACE": workspace.name,
        "TILLSIGHT_APP_ROLE": command.role.value,
        "TILLSIGHT_APP_STORES": json.dumps(command.stores),
    }


def _wait_until_healthy(process: subprocess.Popen[str], host: str, port: int) -> None:
    import httpx

    reachable = "localhost" if host in LOCAL_HOSTS else host
    url = f"http://{reachable}:{port}/_stcore/health"
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise TillsightError(f"The app ended while starting, with status {process.returncode}; its log is above.")
        try:
            if httpx.get(url, timeout=2, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TillsightError(f"The app did not answer at {url} within {SECONDS_TO_START:.0f} seconds; its log is above.")


def _is_desktop() -> bool:
    """Whether a browser window would be seen by the person who typed the command."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("CI") or not sys.stdout.isatty():
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
