"""Where one size of the benchmark lives: a workspace like any other, and the baselines' own databases beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from retail.workspace import Workspace

WORKSPACE: Final = "bench"


@dataclass(frozen=True, slots=True)
class BenchmarkFolder:
    """Paths of one size."""

    root: Path

    @property
    def workspace(self) -> Workspace:
        """The product's workspace; `root` is its home."""
        return Workspace(self.root / WORKSPACE)

    @property
    def history(self) -> Path:
        """The files of every day but the last."""
        return self.workspace.incoming / "history"

    @property
    def last_day(self) -> Path:
        """Where the last day's files go: after `history` by name, so that its rows replace those with the same key."""
        return self.workspace.incoming / "last-day"

    @property
    def day_files(self) -> Path:
        """The last day's files, until the increment moves them to `last_day`."""
        return self.root / "day"

    def files_of(self, table: str) -> list[str]:
        """The history's files of one table, in order."""
        found = [*self.history.glob(f"{table}.csv"), *self.history.glob(f"{table}-????-??.csv")]
        return sorted(str(path) for path in found)

    @property
    def csv_reader_database(self) -> Path:
        """What plain `read_csv` fills."""
        return self.root / "read_csv.duckdb"

    @property
    def handwritten_database(self) -> Path:
        """What the hand-written SQL fills."""
        return self.root / "handwritten.duckdb"

    @property
    def logs(self) -> Path:
        """What the steps print on standard error."""
        return self.root / "logs"

    @property
    def environment(self) -> dict[str, str]:
        """Variables that point the product at this folder."""
        return {"TILLSIGHT_HOME": str(self.root), "TILLSIGHT_WORKSPACE": WORKSPACE}
