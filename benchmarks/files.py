"""`python -m benchmarks.files`: one file of sale lines, with and without ids, against DuckDB's own `read_csv`."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from benchmarks.process import Outcome, elsewhere, measure
from benchmarks.servers.loading import load_once, new_workspace
from benchmarks.timing import stopwatch
from connectors.column_types import DUCKDB_TYPES
from connectors.files.settings import FilesSource
from connectors.files.template import template
from retail.duckdb_options import OFFLINE
from retail.settings import Settings
from retail.workspace import Workspace

ROOT: Final = Path(__file__).parent.parent
SECONDS_BETWEEN_LINES: Final = 7
STEPS: Final = ("read_csv", "load", "load_unchanged")


def main() -> int:
    """Measure every size that the arguments name, or take the one step that they name in a process of its own."""
    if len(sys.argv) > 1 and sys.argv[1] in STEPS:
        outcome = _step(sys.argv[1], Path(sys.argv[2]))
        print(json.dumps({"seconds": outcome.seconds, "details": outcome.details}))
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks.files", description=__doc__)
    parser.add_argument("--lines", default="1,10", help="sizes in millions of lines (default: 1,10)")
    sizes = [int(size) for size in parser.parse_args().lines.split(",")]
    print(table(sizes))
    return 0


def table(sizes: Sequence[int]) -> str:
    """The table of files, a row per size with and without ids."""
    rows = [
        "| lines | ids | CSV | read_csv | load | ratio | CPU ratio | unchanged | peak memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*rows, *[_row(millions, has_ids=has_ids) for millions in sizes for has_ids in (True, False)]])


def _row(millions: int, *, has_ids: bool) -> str:
    with tempfile.TemporaryDirectory(prefix="bench-files-", dir=ROOT / "data") as temporary:
        folder = Path(temporary)
        csv = folder / "sale_lines.csv"
        elsewhere(write_lines, csv, millions * 1_000_000, has_ids)
        size = csv.stat().st_size / 1e6
        found = [measure(step, [temporary], {}, folder / f"{step}.log", module="benchmarks.files") for step in STEPS]
    failed = [step.failure for step in found if step.failure]
    if failed:
        return f"| {millions} M | {'yes' if has_ids else 'no'} | {failed[0]} |"
    bare, load, unchanged = ({"seconds": step.seconds, **step.details} for step in found)
    return (
        f"| {millions} M | {'yes' if has_ids else 'no'} | {size:.0f} MB"
        f" | {bare['seconds']:.1f} s | {load['seconds']:.1f} s | {_ratio(bare, load, 'seconds')}"
        f" | {_ratio(bare, load, 'cpu_seconds')} | {unchanged['seconds']:.2f} s | {found[1].peak_bytes / 1e6:.0f} MB |"
    )


def _ratio(bare: Mapping[str, Any], load: Mapping[str, Any], name: str) -> str:
    return f"{bare[name] / load[name]:.0%}"


def write_lines(path: Path, lines: int, has_ids: bool) -> None:
    """Write a file of sale lines in order of time, three to a ticket."""
    ids = "'L' || i as sale_line_id, " if has_ids else ""
    duckdb.connect(config={**OFFLINE}).execute(
        f"""
        copy (
            select
                {ids}'T' || (i // 3) as sale_id, 'S' || (i // 3) % 20 as store_id, 'P' || hash(i) % 5000 as product_id,
                strftime(timestamp '2015-01-01' + to_seconds(i * {SECONDS_BETWEEN_LINES}), '%Y-%m-%d %H:%M:%S')
                    as sold_at,
                1 + hash(i * 7) % 4 as quantity, printf('%.2f', hash(i * 3) % 5000 / 100.0) as unit_price,
                '0.00' as discount_amount, printf('%.2f', hash(i * 5) % 5000 / 100.0) as net_amount,
                '1.20' as tax_amount
            from range({lines}) as numbers (i)
        ) to '{path}' (header)
        """
    )


def _step(step: str, folder: Path) -> Outcome:
    csv = folder / "sale_lines.csv"
    if step == "read_csv":
        return _read_csv(folder, csv)
    if step == "load":
        shutil.move(csv, new_workspace(folder / "home").incoming / csv.name)
    began = time.process_time()
    seconds, report = load_once(FilesSource(type="files"), Workspace(folder / "home" / "shop"))
    if report.errors or report.quarantined:
        raise RuntimeError(f"{report.quarantined} rows put aside, {report.errors}")
    return Outcome(seconds, {"cpu_seconds": time.process_time() - began})


def _read_csv(folder: Path, csv: Path) -> Outcome:
    declared = template().tables["sale_lines"].columns
    with csv.open() as handle:
        names = handle.readline().strip().split(",")
    columns = {name: DUCKDB_TYPES[declared[name].type] for name in names}
    settings = Settings()
    limits: dict[str, str | bool | int | float | list[str]] = {
        "threads": settings.threads,
        "memory_limit": settings.warehouse_memory_limit,
    }
    began = time.process_time()
    with duckdb.connect(str(folder / "bare.duckdb"), config={**OFFLINE, **limits}) as connection, stopwatch() as watch:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"create table lines as from read_csv(?, header = true, columns = {columns})", [str(csv)])
        connection.execute("checkpoint")
    return Outcome(watch.seconds, {"cpu_seconds": time.process_time() - began})


if __name__ == "__main__":
    sys.exit(main())
