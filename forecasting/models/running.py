"""Arrays that models share: running sums along the calendar, covariates without gaps, and groups of series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.panel import Panel

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]

IDENTIFIERS: Final = ("unique_id", "product_id", "level")
"""Columns that name a series and say nothing about it."""


@dataclass(frozen=True, slots=True)
class RunningSums:
    """Running sums along the calendar, from which the mean of any window before any origin is one subtraction."""

    values: NDArray[np.float64]
    known: NDArray[np.float64]

    @classmethod
    def of(cls, values: Floats) -> RunningSums:
        """Sums and counts of the known values of each row."""
        finite = np.isfinite(values)
        start = ((0, 0), (1, 0))
        return cls(
            np.pad(np.cumsum(np.where(finite, values, 0), axis=1, dtype=np.float64), start),
            np.pad(np.cumsum(finite, axis=1, dtype=np.float64), start),
        )

    def mean(self, rows: Rows, start: Rows | int, end: Rows | int) -> NDArray[np.float64]:
        """Mean of the known values from `start` up to, not including, `end`; NaN where none is known."""
        last = self.values.shape[1] - 1
        start, end = np.clip(start, 0, last), np.clip(end, 0, last)
        known = self.known[rows, end] - self.known[rows, start]
        total = self.values[rows, end] - self.values[rows, start]
        return np.where(known > 0, total / np.maximum(known, 1), np.nan)


def carried(values: Floats) -> Floats:
    """The last known value carried on, and the first one back: that a price is unknown may mean that nothing sold."""
    known = np.isfinite(values)
    last = np.maximum.accumulate(np.where(known, np.arange(values.shape[1]), -1), axis=1)
    place = np.where(last >= 0, last, known.argmax(axis=1)[:, None])
    return np.take_along_axis(values, place, axis=1)


def is_flag(values: Floats) -> bool:
    """Whether every known value is 0 or 1."""
    known = values[np.isfinite(values)]
    return bool(np.isin(known, (0, 1)).all())


def group_numbers(panel: Panel) -> Rows:
    """Number of each series' store and category; where it has neither, of its first static column, if any."""
    keys = [name for name in ("store_id", "category") if name in panel.series.columns]
    keys = keys or [name for name in panel.series.columns if name not in IDENTIFIERS][:1]
    if not keys:
        return np.zeros(len(panel), dtype=np.int64)
    return panel.series.groupby(keys, dropna=False, sort=True).ngroup().to_numpy().astype(np.int64)
