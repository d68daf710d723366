"""Usual demand of each series in each period: level × weekday × promotion × how busy its store was that day.

Every factor is a ratio of units seen to units expected from the other factors, over a group of series, shrunk towards
1; they are estimated in turn, as in iterative proportional fitting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.panel.panel import Mask, Matrix, Panel

_LEVEL_HALF_LIVES = (1.0, 0.25)
"""Half-lives of the level's memory to both sides, the wider first, in recent spans of the frequency (28 days)."""
_LEVEL_UNITS = 10.0
"""Units at which a narrower mean counts as much as the wider one."""
_SHRINKAGE_UNITS = 20.0
"""Expected units at which a group's own factor counts as much as 1."""
_SHAPE_UNITS = 100.0
"""Sum of squared means at which a series' own dispersion counts as much as its category's."""
_LARGEST_FACTOR = 10.0

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Usual:
    """Expected demand of every cell and its spread.

    Attributes:
        mean: Expected units, NaN for series of which nothing was seen. Shape (series, periods).
        level: The part of it that is neither weekday, promotion nor a busy day. Same shape.
        shape: k of the negative binomial distribution, per series. Shape (series,).
    """

    mean: Matrix
    level: Matrix
    shape: NDArray[np.float64]


def usual_demand(panel: Panel, served: Matrix, variance: Matrix, before: Usual | None = None) -> Usual:
    """Estimate the usual demand from what was served.

    Args:
        panel: Gives groups, weekdays, promotions and open days.
        served: Demand as far as it was seen or can be told from what was served, else NaN. Shape (series, periods).
        variance: Variance of that demand where it is estimated, 0 where it was seen. Same shape.
        before: An earlier answer to start from.
    """
    known = np.isfinite(served)
    units = np.where(known, served, 0).astype(np.float32)
    weight = known.astype(np.float32)
    store, group = _groups(panel, ("store_id",)), _groups(panel, ("store_id", "category"))
    category = _groups(panel, ("category",))
    weekday = panel.dates.day_of_week.to_numpy() if panel.frequency.code == "D" else np.zeros(len(panel.dates), int)
    promoted = _promoted(panel)
    factor = _open(panel)
    level = before.level if before else _level(units, weight * factor, panel)
    factor = factor * _by_weekday(units, weight * level * factor, group, weekday)
    factor = factor * _by_promotion(units, weight * level * factor, category, promoted)
    factor = factor * _by_day(units, weight * level * factor, store)
    level = _level(units, weight * factor, panel)
    mean = level * factor
    mean[~known.any(axis=1)] = np.nan
    return Usual(mean, level, _shape(units, mean, variance, known, category))


def _groups(panel: Panel, names: tuple[str, ...]) -> Codes:
    keys = [name for name in names if name in panel.series.columns]
    if not keys:
        return np.zeros(len(panel), dtype=np.int64)
    return np.asarray(panel.series.groupby(keys, dropna=False, sort=False).ngroup(), dtype=np.int64)


def _promoted(panel: Panel) -> Mask:
    values = panel.known.get("is_promoted")
    shape = panel.units.shape
    return np.zeros(shape, dtype=bool) if values is None else np.asarray(values[:, : shape[1]] > 0)


def _open(panel: Panel) -> Matrix:
    """0 on days on which the store was closed, else 1."""
    values = panel.known.get("is_open")
    shape = panel.units.shape
    if values is None:
        return np.ones(shape, dtype=np.float32)
    return np.where(values[:, : shape[1]] == 0, np.float32(0), np.float32(1))


def _ratio(seen: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float32]:
    ratio = (seen + _SHRINKAGE_UNITS) / (expected + _SHRINKAGE_UNITS)
    return np.clip(ratio, 1 / _LARGEST_FACTOR, _LARGEST_FACTOR).astype(np.float32)


def _by_weekday(units: Matrix, expected: Matrix, group: Codes, weekday: Codes) -> Matrix:
    seen, wanted = np.zeros((group.max() + 1, 7)), np.zeros((group.max() + 1, 7))
    for day in range(7):
        np.add.at(seen[:, day], group, units[:, weekday == day].sum(axis=1, dtype=np.float64))
        np.add.at(wanted[:, day], group, expected[:, weekday == day].sum(axis=1, dtype=np.float64))
    return np.asarray(_ratio(seen, wanted)[group][:, weekday])


def _by_promotion(units: Matrix, expected: Matrix, category: Codes, promoted: Mask) -> Matrix:
    """Lift of each series' promoted periods, leaning on that of its category."""
    if not promoted.any():
        return np.ones_like(expected)
    seen = np.where(promoted, units, 0).sum(axis=1, dtype=np.float64)
    wanted = np.where(promoted, expected, 0).sum(axis=1, dtype=np.float64)
    lift = _ratio(np.bincount(category, seen).astype(float), np.bincount(category, wanted).astype(float))[category]
    lift = (seen + _SHRINKAGE_UNITS * lift) / (wanted + _SHRINKAGE_UNITS)
    return np.where(promoted, lift[:, None].astype(np.float32), np.float32(1))


def _by_day(units: Matrix, expected: Matrix, store: Codes) -> Matrix:
    """How busy each store was in each period: weather, holidays, the season."""
    factor = np.empty_like(expected)
    for number in range(store.max() + 1):
        rows = store == number
        factor[rows] = _ratio(units[rows].sum(axis=0, dtype=np.float64), expected[rows].sum(axis=0, dtype=np.float64))
    return factor


def _level(units: Matrix, exposure: Matrix, panel: Panel) -> Matrix:
    """Units a period at factor 1: the mean around each period, leaning on a wider one, and that on the series' own.

    The narrower mean counts the more, the more units it holds, so fast sellers are followed closely and slow ones are
    not taken for trends.
    """
    total, periods = units.sum(axis=1, keepdims=True), exposure.sum(axis=1, keepdims=True)
    level: Matrix = np.asarray(total / np.maximum(periods, 1e-6), dtype=np.float32)
    for half_life in _LEVEL_HALF_LIVES:
        decay = 0.5 ** (1 / (half_life * panel.frequency.recent))
        prior = _LEVEL_UNITS / np.maximum(level, 1e-6)
        around = (_around(units, decay) + _LEVEL_UNITS) / (_around(exposure, decay) + prior)
        level = np.where(total > 0, around, 0).astype(np.float32)
    return level


def _around(values: Matrix, decay: float) -> Matrix:
    """Sum over all periods of a row, each weighted by `decay` to the power of its distance."""
    periods = np.ascontiguousarray(values.T)
    total = np.zeros_like(periods)
    before, after = np.zeros_like(periods[0]), np.zeros_like(periods[0])
    for place in range(len(periods)):
        before = decay * before + periods[place]
        total[place] += before
        total[-1 - place] += decay * after
        after = decay * after + periods[-1 - place]
    return total.T


def _shape(units: Matrix, mean: Matrix, variance: Matrix, known: Mask, category: Codes) -> NDArray[np.float64]:
    """k of each series from the excess of its squared errors over Poisson's, leaning on that of its category.

    By moments: 1 / k = Σ ((y - m)² + v - m) / Σ m², with v the variance of y where it is an estimate.
    """
    expected = np.where(known, np.nan_to_num(mean), 0).astype(np.float64)
    error = np.where(known, (units - expected) ** 2 + variance, 0)
    square, excess = (expected**2).sum(axis=1), (error - expected).sum(axis=1)
    pooled = np.bincount(category, excess) / np.maximum(np.bincount(category, square), 1e-9)
    own = (excess + _SHAPE_UNITS * pooled[category]) / (square + _SHAPE_UNITS)
    return np.asarray(1 / np.clip(own, 0.01, 5.0))
