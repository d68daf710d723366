"""A real PostgreSQL in a temporary folder, for tests of what may be kept there. Its server refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLAIN_USER = "nobody"


def binary(name: str) -> str | None:
    """Where a program of the server is; Debian keeps them off the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))


@contextmanager
def running() -> Iterator[str]:
    """Start a server and give the URL of its database, which asks for no password on a socket in its own folder.

    Without its programs the test is skipped, but never where CI says that they must be there.
    """
    install, control = binary("initdb"), binary("pg_ctl")
    if install is None or control is None:
        if os.environ.get("CI"):
            pytest.fail("postgres is not installed, which .ci/run does")
        pytest.skip("there is no PostgreSQL server on this machine (Debian: postgresql)")
    # A socket's path may have 107 characters, and another user must reach it: pytest's folders are too long and closed.
    folder = Path(tempfile.mkdtemp(prefix="tillsight-pg-"))
    try:
        as_user: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam(PLAIN_USER)
            os.chown(folder, user.pw_uid, user.pw_gid)
            as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        data, port = folder / "data", _free_port()
        _run(as_user, install, "-D", data, "-U", "till", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-p {port} -k {folder} -c listen_addresses= -c fsync=off"
        _run(as_user, control, "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://till@/postgres?host={folder}&port={port}"
        finally:
            _run(as_user, control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _run(as_user: list[str], *command: str | Path) -> None:
    done = subprocess.run(
        [*as_user, *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
