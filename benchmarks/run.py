"""One size from files to page: every step in turn, each in a process of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.folder import WORKSPACE, BenchmarkFolder
from benchmarks.growth import AS_OF_AT, GrownChain, grow
from benchmarks.process import Measurement, elsewhere, measure
from benchmarks.results import SizeResult
from benchmarks.step import STEPS
from retail import workspace as workspaces
from retail.workspace import WorkspaceDescription

Say = Callable[[str], None]
SETUP_STEPS: Final = ("load", "dbt_run")
"""Without these, none of the later steps means anything."""


def make_sample(folder: Path) -> int:
    """Make the whole sample chain, and return its sale lines: about a million."""
    from demo.sample import generate

    return generate(folder, as_of_at=AS_OF_AT).lines


def run_size(sample: Path, root: Path, millions: int, copies: int, say: Say) -> SizeResult:
    """Grow the sample, take every step, and remove what was made.

    Args:
        sample: The sample chain's files.
        root: Folder to work in; it must not exist, and is gone afterwards.
        millions: What to call the size.
        copies: How many tickets each ticket of the sample becomes.
        say: Told about each step.
    """
    folder = BenchmarkFolder(root)
    try:
        chain = elsewhere(prepare, sample, folder, copies)
        say(f"{millions} M: {chain.sale_lines:,} sale lines, {chain.csv_bytes / 1e9:.2f} GB of CSV")
        return SizeResult(millions, chain.sale_lines, chain.csv_bytes, tuple(_measure_all(folder, say)))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def prepare(sample: Path, folder: BenchmarkFolder, copies: int) -> GrownChain:
    """Make the workspace, and the files for it."""
    folder.logs.mkdir(parents=True)
    description = WorkspaceDescription(kind="demo", dataset="bench", created_at=datetime.now(UTC), as_of_at=AS_OF_AT)
    workspace = workspaces.create(folder.root, WORKSPACE, description)
    workspace.sources.write_text("sources:\n  - type: files\n")
    return grow(sample, folder.history, folder.day_files, copies)


def _measure_all(folder: BenchmarkFolder, say: Say) -> list[Measurement]:
    measurements = []
    for step in STEPS:
        found = measure(step, [str(folder.root)], folder.environment, folder.logs / f"{step}.log")
        measurements.append(found)
        result = found.failure or f"{found.seconds:.2f} s"
        say(f"  {step}: {result}, CPU {found.cpu_seconds:.1f} s, {found.peak_bytes / 1e6:.0f} MB {found.details or ''}")
        if found.failure and step in SETUP_STEPS:
            break
    return measurements
