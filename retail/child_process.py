"""Starting a Python tool as a process that ends when this one does, even when this one is killed.

The child holds the reading end of a pipe on its standard input, and nobody ever writes to it. When the parent dies,
however it dies, the pipe closes and the child ends at once: a killed run leaves no dbt that goes on writing the
warehouse, and a killed `tillsight app` leaves no server on its port. This works on Linux and macOS alike.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path


def start(
    module: str,
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    capture: bool = False,
) -> subprocess.Popen[str]:
    """Start a module of this Python environment as a program.

    Args:
        module: Name of the module, as after `python -m`.
        arguments: Its arguments.
        folder: Folder it works in; nothing is imported from there.
        environment: Its environment variables.
        capture: Whether its output comes as text through `stdout`; otherwise it goes where this process's goes.
    """
    return subprocess.Popen(  # noqa: S603 (our own arguments, no shell)
        [sys.executable, "-P", "-m", "retail.child_process", module, *arguments],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.STDOUT if capture else None,
        text=True,
    )


def _run_as_child() -> None:
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_the_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    _run_as_child()
