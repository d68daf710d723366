"""Demand added up over the periods after the cutoff: sample paths from each period's quantiles, and their sums.

Quantiles of days never add up to quantiles of a sum: days of a series move together. Paths are drawn through a Gaussian
copula (Sklar 1959; a shared level factor and an AR(1) rest) over each period's quantile function. The forecast gives
that function from its lowest to its highest level; outside them it is a line of the normal score, and above the highest
also at least as far as the series' own history goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.models.design import closed_ahead
from forecasting.models.empirical import known_mean, last_known, quantiles
from forecasting.models.protocol import Cube
from forecasting.panel import Mask, Panel
from retail.vocabulary import TOTAL_LEVELS

Paths = NDArray[np.float32]
"""Units of shape (paths, series, horizon)."""

PATHS: Final = 400
_NODES: Final = np.linspace(-3.25, 3.25, 27)
"""Normal scores at which a period's quantile function is held; between two it is a line."""
_TAIL_PERIODS: Final = {"D": 182, "W": 52, "M": 24}
_SCALE_RANGE: Final = (0.5, 2.0)
_NORMAL: Final = NormalDist()


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


@dataclass(frozen=True, slots=True)
class Dependence:
    """How the periods of one series move together, as shares of the normal score's variance.

    Attributes:
        level: Share that all periods of a path have in common: the forecast's level is off.
        memory: Correlation of one period's rest with the next one's.
    """

    level: float = 0.2
    memory: float = 0.2


@dataclass(frozen=True, slots=True)
class Marginals:
    """Each period's quantile function.

    Attributes:
        nodes: Units at the normal scores of `_NODES`. Shape (series, horizon, nodes).
        is_whole: Series that sell whole units only. Shape (series,).
    """

    nodes: NDArray[np.float32]
    is_whole: Mask

    def __len__(self) -> int:
        return len(self.nodes)

    def take(self, rows: Mask | slice | NDArray[np.int64]) -> Marginals:
        """Those of some series only."""
        return Marginals(self.nodes[rows], self.is_whole[rows])


def marginals(cube: Cube, panel: Panel, levels: Sequence[float]) -> Marginals:
    """The quantile function of each period from its forecast quantiles and the series' history.

    Args:
        cube: Quantiles, sorted, finite. Shape (series, horizon, levels).
        panel: The history that the forecast was made from.
        levels: Quantile levels, ascending, with 0.5 among them.
    """
    nodes = np.maximum(cube @ _lines(levels), 0)
    upper = np.array([_NORMAL.cdf(node) for node in _NODES]) > levels[-1]
    nodes[..., upper] = np.maximum(nodes[..., upper], cube[..., -1:] + _excess(cube, panel, levels, upper)[:, None])
    nodes[closed_ahead(panel, cube.shape[1])] = 0
    return Marginals(nodes.astype(np.float32, copy=False), panel.is_whole)


def sample_paths(marginal: Marginals, dependence: Dependence, paths: int = PATHS, seed: int = 0) -> Paths:
    """Draw paths of demand. The same draws of the copula serve every series: paths of two series are not independent.

    A shorter horizon gives the beginning of the same paths. Whole units are drawn for series that sell whole units: the
    fraction of a value is the chance of the next whole one.

    Args:
        marginal: Quantile functions of the series.
        dependence: How the periods move together.
        paths: Number of paths.
        seed: Of the draws.

    Returns:
        Shape (paths, series, horizon).
    """
    generator = np.random.default_rng(seed)
    horizon = marginal.nodes.shape[1]
    spread = np.array([_NORMAL.inv_cdf((number + 0.5) / paths) for number in range(paths)])
    level = np.sqrt(dependence.level) * generator.permutation(spread)
    drawn = np.empty((paths, len(marginal), horizon), dtype=np.float32)
    rest = generator.permutation(spread)
    for period in range(horizon):
        weight = _interpolation(level + np.sqrt(1 - dependence.level) * rest)
        values = weight @ marginal.nodes[:, period].T
        chance = generator.random((paths, 1), dtype=np.float32)
        drawn[..., period] = np.where(marginal.is_whole, np.floor(values + chance), values)
        news = generator.permutation(spread)
        rest = dependence.memory * rest + np.sqrt(1 - dependence.memory**2) * news
    return drawn


def _lines(levels: Sequence[float]) -> NDArray[np.float32]:
    """Matrix from quantiles to nodes: lines of the normal score between levels, and beyond them through the median."""
    known = np.array([_NORMAL.inv_cdf(level) for level in levels])
    matrix = np.stack([np.interp(_NODES, known, row) for row in np.eye(len(levels))])
    middle = list(levels).index(0.5)
    for end, outside in ((0, known[0] > _NODES), (-1, known[-1] < _NODES)):
        steps = (_NODES[outside] - known[end]) / known[end]
        matrix[end, outside] += steps
        matrix[middle, outside] -= steps
    return matrix.astype(np.float32)


def _excess(cube: Cube, panel: Panel, levels: Sequence[float], upper: Mask) -> NDArray[np.float32]:
    """How far the history's quantiles lie above its highest level, at the upper nodes, scaled to the forecast's level.

    The forecast's middle is held against the history's, both with the history's mean added: rare sales have neither.
    """
    past = last_known(panel.y, _TAIL_PERIODS[panel.frequency.code])
    own = np.nan_to_num(quantiles(past, [*levels, *(_NORMAL.cdf(node) for node in _NODES[upper])]))
    middle, tail = own[:, : len(levels)], own[:, len(levels) :]
    mean = known_mean(past)
    before = middle.mean(axis=1) + mean
    ratio = np.divide(cube.mean(axis=(1, 2)) + mean, before, out=np.ones_like(before), where=before > 0)
    scale = np.clip(ratio, *_SCALE_RANGE)
    return np.asarray((tail - middle[:, -1:]) * scale[:, None], dtype=np.float32)


def _interpolation(score: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weights of the nodes that interpolate a quantile function at normal scores. Shape (scores, nodes)."""
    step = _NODES[1] - _NODES[0]
    place = np.clip((score - _NODES[0]) / step, 0, len(_NODES) - 1 - 1e-6)
    below = place.astype(np.int64)
    weight = np.zeros((len(score), len(_NODES)), dtype=np.float32)
    number = np.arange(len(score))
    weight[number, below] = 1 - (place - below)
    weight[number, below + 1] = place - below
    return weight
