"""A module per sort of question; each makes a reading of a sheet, or none where the question is of another sort."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.assistant.local.frames import compare, customers, digest, drivers, lookup, metric, planning
from app.assistant.local.hold import Attempt, Context
from app.assistant.local.sheet import Sheet

Frame = Callable[[Sheet, Context], Attempt | None]

FRAMES: tuple[Frame, ...] = (
    drivers.read,
    planning.stockout,
    planning.out_then,
    planning.reorder,
    planning.slow_movers,
    customers.read,
    digest.read,
    *lookup.FRAMES,
    compare.read,
    metric.read,
)
"""In the order in which they are asked: a sort with words of its own before one that only counts."""


def attempts(sheet: Sheet, context: Context) -> Iterator[Attempt]:
    """Every reading that some sort of question makes of the sheet."""
    for frame in FRAMES:
        found = frame(sheet, context)
        if found is not None:
            yield found
