"""Stopwatches."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

WARM_REPEATS: Final = 9
"""How often a warm query is asked."""


@dataclass(slots=True)
class Stopwatch:
    """Seconds between entering and leaving `stopwatch()`."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time a block."""
    watch = Stopwatch()
    started = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - started


def median_seconds(action: Callable[[], object], times: int) -> float:
    """The median time of doing something again and again."""
    taken = []
    for _ in range(times):
        with stopwatch() as watch:
            action()
        taken.append(watch.seconds)
    return statistics.median(taken)
