"""What a kind of answer finds out: text, a table, a picture. The road adds where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.assistant.reading import Choice, Period
from metrics import Column
from metrics.result import Row


class Chart(StrEnum):
    """The pictures there are. Which columns they show follows from the columns' kinds; never code."""

    NONE = "none"
    NUMBER = "number"
    """One number, large."""
    BARS = "bars"
    """The first metric by the first dimension."""
    LINES = "lines"
    """The first metric over the time column; a line per value of the first dimension, if there is one."""
    BRIDGE = "bridge"
    """From one amount to another: columns `driver` and `contribution`."""
    RISK = "risk"
    """Chance of running out by product: columns `product` and `risk`."""
    INTERVAL = "interval"
    """Expected amounts with low and high: columns `low`, `expected`, `high` by the first column."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of the app with its address: `PageLink("reorder", {"store": "S2"})`."""

    page: str
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a kind of answer found.

    Attributes:
        text: One to five sentences from templates. Every number in it is in `rows`, `facts` or the reading.
        columns: The table's columns.
        rows: The table's rows, values unrounded.
        chart: How to picture them.
        metrics: Catalogue names of the metrics that are shown, for their definitions.
        facts: Further numbers that the text may say.
        warnings: Plain sentences that belong beside the numbers (what `metrics` warned of is added by the road).
        assumptions: Plain sentences on what was taken for granted.
        suggestions: Questions that the local planner understands, in the person's language.
        choices: Readings to choose from.
        page: Where to go on.
        compared_with: The days that were compared, where a fair comparison took fewer than the reading names.
    """

    text: str
    columns: tuple[Column, ...] = ()
    rows: list[Row] = field(default_factory=list)
    chart: Chart = Chart.NONE
    metrics: tuple[str, ...] = ()
    facts: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    page: PageLink | None = None
    compared_with: Period | None = None
