"""Showing a run on the terminal: a line per step with its time, and what it is busy with."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final, Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

LONGEST_SUMMARY = 200
LONGEST_PART: Final = 60
SECONDS_BETWEEN_LINES: Final = 10.0
"""How often a log without a terminal is told how a long step gets on."""


class RunDisplay(Protocol):
    """Told how a run gets on; called itself, it is a step's `retail.progress.Progress`."""

    def begin(self, step: str) -> None:
        """A step begins."""

    def end(self, step: str, *, has_failed: bool, summary: str) -> None:
        """The step has ended; the summary is a few words."""

    def __call__(self, step: str, done: int, total: int, unit: str = "") -> None:
        """The step is busy with its part `step`, `done` of `total` (0: unknown) of a unit such as `rows`."""


class SilentDisplay:
    """Shows nothing: for Dagster's own runs, which have Dagster's pages, and for tests."""

    def begin(self, step: str) -> None:
        """Show nothing."""

    def end(self, step: str, *, has_failed: bool, summary: str) -> None:
        """Show nothing."""

    def __call__(self, step: str, done: int, total: int, unit: str = "") -> None:
        """Show nothing."""


class _Rate(ProgressColumn):
    """How fast a part with a unit goes."""

    def render(self, task: Task) -> Text:
        return Text(_rate(task), style="progress.data.speed")


class _TimeLeft(TimeRemainingColumn):
    """How long a part with a unit will take; of others, whose pieces differ in size, nobody knows."""

    def render(self, task: Task) -> Text:
        return super().render(task) if task.fields["unit"] and task.total else Text("")


class TerminalDisplay:
    """Shows a run on standard error: a moving bar on a terminal, plain lines in a log.

    Args:
        console: Where it is shown.
        clock: Seconds that only go forward.
    """

    def __init__(self, console: Console | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False)
        self._clock = clock
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[step]:<14}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            _Rate(),
            _TimeLeft(compact=True),
            TextColumn("{task.description}", style="dim", markup=False),
            console=self._console,
            transient=True,
            get_time=clock,
        )
        self._step = ""
        self._part = ("", "", False)
        self._task: TaskID | None = None
        self._began = 0.0
        self._told = 0.0

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the bar away."""
        if self._console.is_terminal:
            self._bar.stop()

    def begin(self, step: str) -> None:
        """Start the step's clock."""
        self._step = step
        self._began = self._told = self._clock()
        self._begin_part("", "", is_counted=False)

    def end(self, step: str, *, has_failed: bool, summary: str) -> None:
        """Leave a line that stays."""
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
        seconds = self._clock() - self._began
        mark = "[red]failed[/]" if has_failed else "[green]done[/]  "
        self._console.print(f"{step:<14} {mark} {seconds:6.1f} s  ", end="")
        self._console.print(" ".join(summary.split())[:LONGEST_SUMMARY], markup=False, soft_wrap=True)

    def __call__(self, step: str, done: int, total: int, unit: str = "") -> None:
        """Move the bar; without a terminal, say so now and then."""
        if self._task is None:
            return
        # A rate is that of one part; pieces without a unit, such as models, share the bar of their step.
        part = (step if unit else "", unit, bool(total))
        if part != self._part:
            self._begin_part(*part[:2], is_counted=part[2])
        self._bar.update(self._task, description=step[:LONGEST_PART], completed=done, total=total or None)
        if not self._console.is_terminal and self._clock() - self._told >= SECONDS_BETWEEN_LINES:
            self._told = self._clock()
            self._console.print(f"{self._step:<14} {_line(self._shown)}", markup=False, soft_wrap=True)

    @property
    def _shown(self) -> Task:
        return next(task for task in self._bar.tasks if task.id == self._task)

    def _begin_part(self, name: str, unit: str, *, is_counted: bool) -> None:
        """A bar of its own: the rate of one part says nothing about the next. The step's clock goes on."""
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._part = (name, unit, is_counted)
        self._task = self._bar.add_task("", step=self._step, unit=unit, total=None)
        self._shown.start_time = self._began


def _rate(task: Task) -> str:
    return f"{task.speed:,.0f} {task.fields['unit']}/s" if task.fields["unit"] and task.speed else ""


def _line(task: Task) -> str:
    of = f" of {task.total:,.0f}" if task.total else ""
    amount = f"{task.description}: {task.completed:,.0f}{of} {task.fields['unit']}".rstrip()
    left = task.time_remaining if task.fields["unit"] and task.total else None
    return ", ".join(text for text in (amount, _rate(task), _spoken(left)) if text)


def _spoken(left: float | None) -> str:
    if not left:
        return ""
    return f"about {left / 60:.0f} min left" if left >= 120 else f"about {left:.0f} s left"
