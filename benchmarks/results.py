"""What a run of the benchmark found, as it is written to `docs/benchmarks.json`."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.process import Measurement
from retail.settings import Settings


@dataclass(frozen=True, slots=True)
class SizeResult:
    """One size.

    Attributes:
        millions: Size that was asked for, in millions of sale lines.
        sale_lines: Lines that there were.
        csv_bytes: Size of the files.
        measurements: One per step, in order.
    """

    millions: int
    sale_lines: int
    csv_bytes: int
    measurements: tuple[Measurement, ...]

    def of(self, step: str) -> Measurement | None:
        """The measurement of a step, if it was taken."""
        return next((measurement for measurement in self.measurements if measurement.step == step), None)

    def seconds(self, *steps: str) -> float | None:
        """Seconds of steps together; null where one of them failed or was left out."""
        taken = [found.seconds if (found := self.of(step)) else None for step in steps]
        known = [seconds for seconds in taken if seconds is not None]
        return sum(known) if len(known) == len(steps) else None

    def detail(self, step: str, name: str) -> float | None:
        """A number that a step said of itself."""
        found = self.of(step)
        value = found.details.get(name) if found else None
        return float(value) if isinstance(value, int | float) else None


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """A whole run: every size on one machine, in one go."""

    measured_at: str
    machine: dict[str, str | int]
    sizes: tuple[SizeResult, ...]


def collect(sizes: Sequence[SizeResult]) -> BenchmarkResult:
    """Put the sizes together with what they were measured on."""
    return BenchmarkResult(datetime.now(UTC).isoformat(timespec="minutes"), _machine(), tuple(sizes))


def write(result: BenchmarkResult, path: Path) -> None:
    """Write the result as JSON."""
    path.write_text(json.dumps(asdict(result), indent=2) + "\n")


def _machine() -> dict[str, str | int]:
    settings = Settings()
    return {
        "cores": os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": platform.system(),
        "python": platform.python_version(),
        **{package: version(package) for package in ("duckdb", "dbt-core", "dlt", "metricflow", "pandas", "streamlit")},
        "threads": settings.threads,
        "warehouse_memory_limit": settings.warehouse_memory_limit,
    }
