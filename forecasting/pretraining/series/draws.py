"""Random draws that every part of the simulator shares; all give one value per series, shape (series, 1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def log_uniform(rng: Generator, count: int, low: float, high: float) -> Floats:
    """Log-uniform between `low` and `high`."""
    return np.exp(rng.uniform(np.log(low), np.log(high), (count, 1)))


def some(rng: Generator, count: int, share: float) -> Flags:
    """True for about `share` of the series."""
    return rng.random((count, 1)) < share


def one_of(rng: Generator, count: int, values: Sequence[float], shares: Sequence[float]) -> Floats:
    """One of `values`, by `shares` (adding up to 1)."""
    drawn: Floats = rng.choice(np.asarray(values, dtype=np.float64), (count, 1), p=np.asarray(shares))
    return drawn


def autoregressive(rng: Generator, length: int, memory: Floats) -> Floats:
    """Stationary AR(1) of variance 1 with `memory` in [0, 1) per series. Shape (series, length)."""
    shocks = rng.standard_normal((len(memory), length)) * np.sqrt(1 - memory**2)
    shocks[:, 0] /= np.sqrt(1 - memory[:, 0] ** 2)
    out = np.empty_like(shocks)
    state = np.zeros(len(memory))
    keep = memory[:, 0]
    for step in range(length):
        state = keep * state + shocks[:, step]
        out[:, step] = state
    return out
