"""A real MariaDB in a temporary folder, for tests of what reads databases."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest
from pymysql.constants import CLIENT

ROOT_PASSWORD = "root of the tests"
STARTS_IN_SECONDS = 60


@dataclass(frozen=True)
class MariaDb:
    """A running server. Its certificate is for `localhost`, signed by `ca_file`."""

    port: int
    socket: Path
    ca_file: Path
    folder: Path

    def execute(self, sql: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Run statements as root; the rows of the last one."""
        connection = pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            password=ROOT_PASSWORD,
            database=database,
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            rows = list(cursor.fetchall())
            while cursor.nextset():
                rows = list(cursor.fetchall()) or rows
            return rows


def binary(name: str) -> str | None:
    """Where a program of the server is; it is often not on the path of a plain user."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def start(folder: Path) -> tuple[MariaDb, subprocess.Popen[bytes]]:
    """Start a server; without its programs the test is skipped, but never where CI says that they must be there."""
    server, install = binary("mariadbd"), binary("mariadb-install-db")
    if server is None or install is None:
        if os.environ.get("CI"):
            pytest.fail("mariadbd is not installed, which .ci/run does")
        pytest.skip("there is no MariaDB server on this machine (Debian: mariadb-server)")
    data, port = folder / "data", _free_port()
    as_user = ["--user=root"] if os.geteuid() == 0 else []
    method = "--auth-root-authentication-method=normal"
    subprocess.run(
        [install, "--no-defaults", *as_user, f"--datadir={data}", method, "--skip-test-db"],
        check=True,
        capture_output=True,
    )
    _certificates(folder)
    # A socket's path may have 107 characters; pytest's folders can be longer.
    path = Path("/tmp") / f"tillsight-test-{os.getpid()}-{port}.sock"
    process = subprocess.Popen(
        [
            server,
            "--no-defaults",
            *as_user,
            f"--datadir={data}",
            f"--socket={path}",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--default-time-zone=+00:00",
            "--innodb-flush-log-at-trx-commit=0",
            f"--ssl-ca={folder / 'ca.pem'}",
            f"--ssl-cert={folder / 'server.pem'}",
            f"--ssl-key={folder / 'server.key'}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("wb"),
    )
    _wait(process, path, folder / "log")
    with pymysql.connect(unix_socket=str(path), user="root") as connection, connection.cursor() as cursor:
        cursor.execute("ALTER USER root@localhost IDENTIFIED BY %s", (ROOT_PASSWORD,))
    return MariaDb(port, path, folder / "ca.pem", folder), process


def stop(database: MariaDb, process: subprocess.Popen[bytes]) -> None:
    """Stop a server."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    database.socket.unlink(missing_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], path: Path, log: Path) -> None:
    end = time.monotonic() + STARTS_IN_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            pymysql.connect(unix_socket=str(path), user="root").close()
        except pymysql.err.OperationalError:
            time.sleep(0.05)  # until the server listens: there is no event to wait for
        else:
            return
    process.kill()
    pytest.fail(f"MariaDB did not start: {log.read_text(errors='replace')[-2000:]}")


def _certificates(folder: Path) -> None:
    """Make an authority and a certificate for `localhost`."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)

    new_key = ["-newkey", "rsa:2048", "-nodes"]
    authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
    openssl(
        "req", "-x509", *new_key, "-days", "2", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=a shop", *authority
    )
    openssl("req", *new_key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"]
    openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", *signing)
