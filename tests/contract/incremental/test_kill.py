"""A load that is killed at any moment is taken up again, and ends as if nothing had happened."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.incremental import load_source
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create
from tests.contract.incremental.fake import CONFIG, FakeServer, FakeSource

ROOT = Path(__file__).parents[3]
MOMENTS = 50
CHILD = """
import pickle, sys, time
from pathlib import Path
from connectors.incremental import first_load, load_source
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace
from tests.contract.incremental.fake import CONFIG, FakeSource

first_load.CHUNK_ROWS = 40
server = pickle.loads(Path(sys.argv[2]).read_bytes())
asked = server.asked
server.asked = lambda what: (time.sleep(0.002), asked(what))
print("ready", flush=True)
load_source(CONFIG, Workspace(Path(sys.argv[1])), Settings(threads=1), silent, FakeSource(server))
"""


def shop(root: Path) -> Workspace:
    return create(root, "shop", WorkspaceDescription(kind="real", created_at=datetime.now(UTC)))


def big_server() -> FakeServer:
    server = FakeServer(page=20)
    for number in range(1, 200):
        server.order(number, 1.5 * number, 2.25, 3)
    server.put("products", code="A", name="Apple")
    server.put("stores", code="S1", name="North")
    return server


def changed(server: FakeServer, chance: random.Random) -> None:
    number = max(server.rows["orders"]) + 1
    for place in range(chance.randrange(1, 30)):
        server.order(number + place, *[chance.randrange(1, 9) for _ in range(chance.randrange(1, 4))])
    for order in chance.sample(sorted(server.rows["orders"]), 3):
        server.delete_order(order)
    for order in chance.sample(sorted(server.rows["orders"]), 5):
        server.put("orders", id=order, total=chance.randrange(100))


def start(workspace: Workspace, server: FakeServer) -> subprocess.Popen[str]:
    snapshot = workspace.root.parent / "server.pickle"
    snapshot.write_bytes(pickle.dumps(server))
    arguments = [sys.executable, "-c", CHILD, str(workspace.root), str(snapshot)]
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def content(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    queries = {table: f"select * from raw_odoo.{table} order by all" for table in FakeServer().rows}
    queries["loads"] = "select * exclude (loaded_at) from raw_odoo.loads order by all"
    queries["quarantine"] = "select * exclude (loaded_at) from raw_odoo.quarantine order by all"
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_load_killed_at_fifty_moments_ends_as_one_that_was_left_alone(tmp_path: Path) -> None:
    chance = random.Random(11)
    server, workspace = big_server(), shop(tmp_path / "killed")
    seconds = 1.5
    cut_off = 0
    for _ in range(MOMENTS):
        process = start(workspace, server)
        assert process.stdout is not None
        process.stdout.readline()
        begun = time.monotonic()
        time.sleep(chance.uniform(0, seconds))
        os.kill(process.pid, signal.SIGKILL)
        if process.wait() == 0:
            seconds = max(0.3, min(seconds, time.monotonic() - begun))
        else:
            cut_off += 1
        process.stdout.close()
        if chance.random() < 0.3:
            changed(server, chance)
    assert cut_off >= MOMENTS // 2, "most of the loads ended before they were killed"

    assert start(workspace, server).wait() == 0
    alone = shop(tmp_path / "alone")
    load_source(CONFIG, alone, Settings(), silent, FakeSource(server))
    assert content(workspace) == content(alone)
