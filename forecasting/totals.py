"""Demand added up over the days after the cutoff: sample paths from daily quantiles, and quantiles of their sums.

Quantiles of days never add up to quantiles of a sum: days of a series move together. Paths are drawn through a Gaussian
copula over the daily quantile functions, and totals are calibrated on past windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retail.vocabulary import TOTAL_LEVELS


@dataclass(frozen=True, slots=True)
class Totals:
    """Demand from the first period after the cutoff up to and including each period.

    Attributes:
        mean: Expected units. Shape (series, horizon).
        quantiles: Units by level. Shape (series, horizon, levels); not decreasing along the last two axes.
        levels: Quantile levels, ascending.
    """

    mean: NDArray[np.float32]
    quantiles: NDArray[np.float32]
    levels: tuple[float, ...] = TOTAL_LEVELS
