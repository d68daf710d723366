"""Memory does not grow with a file, nor with the number of files in a load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

LOAD = """
import resource, sys
import connectors
from pathlib import Path
from connectors.files.settings import FilesSource
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace

settings = Settings(warehouse_memory_limit="500MB")
report = connectors.load(FilesSource(type="files"), Workspace(Path(sys.argv[1])), settings, silent)
assert not report.errors, report.errors
status = Path("/proc/self/status")
if status.exists():
    (kibibytes,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
else:
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print(report.accepted, kibibytes)
"""
LIMIT_MB = 500
BESIDE_IT_MB = 600
"""Python, dlt, and what DuckDB's readers and writers hold beside what it counts."""


def write_lines(path: Path, first: int, lines: int, *, has_ids: bool) -> None:
    ids = "'L' || i AS sale_line_id, 'T' || i // 3 AS sale_id, " if has_ids else ""
    duckdb.sql(
        f"COPY (SELECT {ids}'S' || i % 20 AS store_id, 'P' || hash(i) % 5000 AS product_id,"
        " strftime(TIMESTAMP '2015-01-01' + to_seconds(i * 7), '%Y-%m-%d %H:%M:%S') AS sold_at,"
        " 1 + i % 4 AS quantity, i % 5000 / 100.0 AS net_amount"
        f" FROM range({first}, {first + lines}) AS r(i)) TO '{path}'"
    )


def peak_megabytes(shop: Shop, expected: int) -> float:
    """Peak of a load in its own process. On Linux not by `ru_maxrss`, which a process inherits from its parent."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", LOAD, str(shop.workspace.root)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=1200, check=True)
    accepted, peak = done.stdout.splitlines()[-1].split()
    assert int(accepted) == expected
    return int(peak) / (1 << 10)


@pytest.mark.slow
@pytest.mark.parametrize("has_ids", [True, False])
def test_ten_million_lines_are_loaded_within_the_limit(shop: Shop, has_ids: bool) -> None:
    write_lines(shop.workspace.incoming / "sale_lines.csv", 0, 10_000_000, has_ids=has_ids)
    assert peak_megabytes(shop, 10_000_000) < LIMIT_MB + BESIDE_IT_MB


@pytest.mark.slow
def test_many_files_are_loaded_within_the_limit(shop: Shop) -> None:
    for number in range(12):
        path = shop.workspace.incoming / f"sale_lines-{number:02}.csv"
        write_lines(path, number * 1_000_000, 1_000_000, has_ids=True)
    assert peak_megabytes(shop, 12_000_000) < LIMIT_MB + BESIDE_IT_MB
