"""How a long step tells what it is doing."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then with what is being done and how much of it is finished."""

    def __call__(self, step: str, done: int, total: int, unit: str = "") -> None:
        """Show `step` as `done` of `total` (0: unknown); the last call of a step has both equal.

        With a `unit`, such as `rows`, the rate and the time left are worth showing too.
        """


def silent(step: str, done: int, total: int, unit: str = "") -> None:
    """Show nothing."""
