"""Empirical quantiles of many samples at once, with unknown values left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def quantiles(samples: NDArray[np.float32], levels: Sequence[float]) -> NDArray[np.float32]:
    """Linear-interpolation quantiles along axis 1, NaN left out (numpy's own does so one row at a time).

    Args:
        samples: Shape (series, samples, …).
        levels: Quantile levels.

    Returns:
        Shape (series, …, levels), NaN where a sample has no known value.
    """
    ordered = np.sort(samples, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    answer = np.empty((*count.shape, len(levels)), dtype=np.float32)
    for index, level in enumerate(levels):
        place = np.maximum(count - 1, 0) * level
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(count - 1, 0))
        below = np.take_along_axis(ordered, low[:, None], axis=1)[:, 0]
        above = np.take_along_axis(ordered, high[:, None], axis=1)[:, 0]
        answer[..., index] = below + (above - below) * (place - low)
    return answer


def known_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the known values of each row, 0 where there is none. Shape (series, periods) to (series,)."""
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(axis=1, dtype=np.float64)
    return np.asarray(total / np.maximum(known.sum(axis=1), 1), dtype=np.float32)


def last_known(values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The last `count` known values of each row, NaN in front. Shape (series, periods) to (series, count)."""
    known = np.isfinite(values)
    from_the_end = known[:, ::-1].cumsum(axis=1)[:, ::-1]
    rows, columns = np.nonzero(known & (from_the_end <= count))
    answer = np.full((len(values), count), np.nan, dtype=np.float32)
    answer[rows, count - from_the_end[rows, columns]] = values[rows, columns]
    return answer
