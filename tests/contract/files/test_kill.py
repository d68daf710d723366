"""A load that is killed at any moment, and run again, leaves what an undisturbed one leaves."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from connectors.files.chunk import CHUNK_ROWS
from connectors.warehouse import is_loaded
from retail.workspace import Workspace

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

HEADER = "sale_id,store_id,product_id,sold_at,quantity,net_amount\n"
LOAD = """
import os, signal, sys
import connectors
from pathlib import Path
from connectors.files import chunk
from connectors.files.settings import FilesSource
from dlt.common.destination.client import RunnableLoadJob
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace

kill_after, jobs, run_managed = int(sys.argv[2]), [], RunnableLoadJob.run_managed
chunk.CHUNK_ROWS = int(sys.argv[3])

def run_and_perhaps_die(job, *arguments, **named):
    run_managed(job, *arguments, **named)
    jobs.append(job)
    if len(jobs) == kill_after:
        os.kill(os.getpid(), signal.SIGKILL)

RunnableLoadJob.run_managed = run_and_perhaps_die
print("start", flush=True)
connectors.load(FilesSource(type="files"), Workspace(Path(sys.argv[1])), Settings(), silent)
print(len(jobs), flush=True)
"""


def lines(first: int, count: int, amount: int = 1) -> str:
    return HEADER + "".join(
        f"T{i},S{i % 3},P{i % 7},2025-05-01 10:00:00,1,{amount}\n" for i in range(first, first + count)
    )


@pytest.fixture
def changed_shop(shop: Shop) -> Shop:
    """A shop that was loaded once, and whose folder then changed in every way there is."""
    shop.write("stores.csv", "store_id\nS0\nS1\nS2\n")
    shop.write("products.csv", "product_id,name\nP1,a\nP2,b\n")
    shop.write("sale_lines_1.csv", lines(0, 3000) + "T1,S1,P1,2025-05-01 10:00:00,x,1\n")
    shop.write("sale_lines_2.csv", lines(3000, 3000))
    shop.load()
    shop.write("sale_lines_1.csv", lines(0, 2000, amount=2))
    shop.write("sale_lines_3.csv", lines(5000, 5000))
    shop.write("products-new.csv", "product_id,name\nP2,c\n")
    return shop


def copy_of(shop: Shop, name: str) -> Shop:
    root = shop.workspace.root.with_name(name)
    shutil.copytree(shop.workspace.root, root)
    return replace(shop, workspace=Workspace(root))


def start(shop: Shop, kill_after: int = 0, chunk_rows: int = CHUNK_ROWS) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LOAD, str(shop.workspace.root), str(kill_after), str(chunk_rows)]
    root = Path(__file__).parents[3]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def undisturbed(shop: Shop, chunk_rows: int = CHUNK_ROWS) -> tuple[dict[str, list[tuple[object, ...]]], int, float]:
    """What a load without a kill leaves, its number of jobs, and its seconds."""
    reference = copy_of(shop, f"reference-{chunk_rows}")
    process = start(reference, chunk_rows=chunk_rows)
    assert process.stdout is not None
    assert process.stdout.readline() == "start\n"
    began = time.monotonic()
    jobs = int(process.stdout.readline())
    seconds = time.monotonic() - began
    assert process.wait(timeout=60) == 0
    return reference.dump(), jobs, seconds


def test_a_load_killed_after_a_job_that_was_not_yet_noted_is_made_good(changed_shop: Shop) -> None:
    expected, jobs, _ = undisturbed(changed_shop)
    assert start(changed_shop, jobs // 2).wait(timeout=60) == -signal.SIGKILL
    changed_shop.load()
    assert changed_shop.dump() == expected
    assert not changed_shop.load().changed


def test_a_first_load_that_is_killed_is_made_good(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("sale_lines_1.csv", lines(0, 3000))
    shop.write("sale_lines_2.csv", lines(3000, 3000))
    expected, jobs, _ = undisturbed(shop)
    assert start(shop, jobs // 2).wait(timeout=60) == -signal.SIGKILL
    shop.load()
    assert shop.dump() == expected


@pytest.fixture
def new_shop(make_shop: Callable[..., Shop]) -> Shop:
    """A shop that was never loaded, with files that share keys."""
    shop = make_shop("new")
    for number in range(4):
        shop.write(f"sale_lines_{number}.csv", lines(2500 * number, 3000))
        shop.write(f"products_{number}.csv", f"product_id,name\nP1,{number}\nP{number},{number}\n")
    return shop


def test_a_first_load_in_chunks_goes_on_where_it_was_killed(new_shop: Shop) -> None:
    expected, jobs, _ = undisturbed(new_shop, chunk_rows=3000)
    assert undisturbed(new_shop)[0] == expected
    assert start(new_shop, jobs * 2 // 3, chunk_rows=3000).wait(timeout=60) == -signal.SIGKILL
    with duckdb.connect(str(new_shop.workspace.warehouse)) as connection:
        assert not is_loaded(connection, "raw_files")
    report = new_shop.load()
    assert report.changed
    assert 0 < report.tables["sale_lines"].files_loaded < 4
    assert new_shop.dump() == expected
    assert not new_shop.load().changed


@pytest.mark.slow
@pytest.mark.parametrize("chunk_rows", [CHUNK_ROWS, 3000])
@pytest.mark.parametrize("folder", ["changed_shop", "new_shop"])
def test_a_load_killed_at_any_job_is_made_good(request: pytest.FixtureRequest, folder: str, chunk_rows: int) -> None:
    folder_shop: Shop = request.getfixturevalue(folder)
    expected, jobs, _ = undisturbed(folder_shop, chunk_rows)
    for kill_after in range(1, jobs + 1):
        shop = copy_of(folder_shop, f"killed-{kill_after}")
        assert start(shop, kill_after, chunk_rows).wait(timeout=60) == -signal.SIGKILL
        shop.load()
        assert shop.dump() == expected, kill_after


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["changed_shop", "new_shop"])
def test_a_load_killed_at_any_moment_is_made_good(request: pytest.FixtureRequest, folder: str) -> None:
    folder_shop: Shop = request.getfixturevalue(folder)
    expected, _, seconds = undisturbed(folder_shop, chunk_rows=3000)
    moments = random.Random(20250613)
    for attempt in range(25):
        shop = copy_of(folder_shop, f"killed-{attempt}")
        process = start(shop, chunk_rows=3000)
        assert process.stdout is not None
        process.stdout.readline()
        delay = moments.uniform(0, 1.1 * seconds)
        time.sleep(delay)
        process.kill()
        process.wait(timeout=60)
        shop.load()
        assert shop.dump() == expected, delay
        shutil.rmtree(shop.workspace.root)
