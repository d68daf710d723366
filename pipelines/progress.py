"""Showing a run on the terminal: a line per step with its time, and what it is busy with."""

from __future__ import annotations

import sys
import time
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

LONGEST_SUMMARY = 200


class RunDisplay(Protocol):
    """Told how a run gets on; called itself, it is a step's `retail.progress.Progress`."""

    def begin(self, step: str) -> None:
        """A step begins."""

    def end(self, step: str, *, has_failed: bool, summary: str) -> None:
        """The step has ended; the summary is a few words."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """The step is busy with its part `step`, `done` of `total`."""


class SilentDisplay:
    """Shows nothing: for Dagster's own runs, which have Dagster's pages, and for tests."""

    def begin(self, step: str) -> None:
        """Show nothing."""

    def end(self, step: str, *, has_failed: bool, summary: str) -> None:
        """Show nothing."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show nothing."""


class TerminalDisplay:
    """Shows a run on standard error: a moving bar on a terminal, plain lines in a log."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stderr, highlight=False)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[step]:<14}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.description}"),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._began = 0.0

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the bar away."""
        self._bar.stop()

    def begin(self, step: str) -> None:
        """Start the step's clock."""
        self._began = time.monotonic()
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task("", step=step, total=None)

    def end(self, step: str, *, has_failed: bool, summary: str) -> None:
        """Leave a line that stays."""
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
        seconds = time.monotonic() - self._began
        mark = "[red]failed[/]" if has_failed else "[green]done[/]  "
        self._console.print(f"{step:<14} {mark} {seconds:6.1f} s  ", end="")
        self._console.print(" ".join(summary.split())[:LONGEST_SUMMARY], markup=False, soft_wrap=True)

    def __call__(self, step: str, done: int, total: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bar.update(self._task, description=step[:60], completed=done, total=total or None)
