"""How a long step tells what it is doing."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then with what is being done and how much of it is finished."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show `step` as `done` of `total`; the last call of a step has both equal."""


def silent(step: str, done: int, total: int) -> None:
    """Show nothing."""
