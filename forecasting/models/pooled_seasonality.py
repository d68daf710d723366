"""Pooled seasonality: each series' own recent level times the seasonal profile of the whole panel.

A single slow seller says next to nothing of its year; all of them together say it well. The profile is the classical
ratio to the year's mean (Makridakis, Wheelwright & Hyndman 1998, ch. 3), added up over the series; the level is an
exponentially weighted mean of what is left without it; the counts around it are negative binomial (Snyder, Ord &
Beaumont 2012).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.models.protocol import to_table
from forecasting.panel import Matrix, Panel
from retail.progress import Progress, silent

Floats = NDArray[np.float64]

_MOST_TIMES_MEAN = 6.0
_MOST_ABOVE = 3.0
"""A cell counts for the profile with at most so many times its series' mean, and so many units more."""

_KNOWN_SHARE = 0.8
_LOWEST_MEAN = 0.05
_LONG_SEASON = 24
"""Seasons of at least so many periods are smoothed over neighbours: a feast moves by a week."""

_DISPERSION_RANGE = (0.3, 20.0)


class PooledSeasonality:
    """Recent level × pooled seasonal profile, with negative-binomial quantiles."""

    name = "pooled_seasonality"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Never fails; a series without known demand gets zeros."""
        from scipy.stats import nbinom

        y = panel.y.astype(np.float64)
        season = panel.frequency.season_length
        profile = _profile(y, season)
        phases = np.arange(y.shape[1] + horizon) % season
        past, ahead = profile[phases[: y.shape[1]]], profile[phases[y.shape[1] :]]
        level = _level(y, past, 1 / (panel.frequency.recent + 2))
        size = _size(y[:, -6 * panel.frequency.recent :] / past[-6 * panel.frequency.recent :])
        mean = np.maximum(level[:, None] * ahead, 1e-9)
        chance = size[:, None] / (size[:, None] + mean)
        cube = nbinom.ppf(np.asarray(quantile_levels), size[:, None, None], chance[..., None])
        progress(self.name, len(panel), len(panel))
        return to_table(panel, np.nan_to_num(cube).astype(np.float32), quantile_levels)


def _profile(y: Floats, season: int) -> Floats:
    """Demand of each phase over the season's mean; ones where there are not two seasons. Shape (season,)."""
    seasons = y.shape[1] // season
    if seasons < 2:
        return np.ones(season)
    blocks = y[:, y.shape[1] - seasons * season :].reshape(len(y), seasons, season)
    known = np.isfinite(blocks)
    mean = np.where(known, blocks, 0.0).sum(axis=2, keepdims=True) / np.maximum(known.sum(axis=2, keepdims=True), 1)
    counted = known & (known.mean(axis=2, keepdims=True) > _KNOWN_SHARE) & (mean > _LOWEST_MEAN)
    weight = counted / np.sqrt(np.maximum(mean, _LOWEST_MEAN))
    seen = np.where(known, np.minimum(blocks, _MOST_TIMES_MEAN * mean + _MOST_ABOVE), 0.0)
    usual = (weight * mean).sum(axis=(0, 1))
    ratio = np.where(usual > 0, (weight * seen).sum(axis=(0, 1)) / np.maximum(usual, 1e-9), 1.0)
    if season >= _LONG_SEASON:
        ratio = 0.25 * np.roll(ratio, 1) + 0.5 * ratio + 0.25 * np.roll(ratio, -1)
    # The blocks end with the panel, so the first phase of the calendar is not the first of a block.
    return np.maximum(np.roll(ratio, y.shape[1] % season), 1e-3)


def _level(y: Floats, profile: Floats, rate: float) -> Floats:
    """Exponentially weighted mean of the demand without its season, 0 where none is known. Shape (series,)."""
    known = np.isfinite(y)
    weight = known * (1 - rate) ** np.arange(y.shape[1])[::-1]
    total = (np.where(known, y, 0.0) * (1 - rate) ** np.arange(y.shape[1])[::-1]).sum(axis=1)
    expected = (weight * profile).sum(axis=1)
    level: Floats = np.divide(total, expected, out=np.zeros(len(y)), where=expected > 0)
    return level


def _size(y: Matrix | Floats) -> Floats:
    """Size of the negative binomial from mean and variance, half-way to the panel's median. Shape (series,)."""
    known = np.isfinite(y)
    count = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, y, 0.0).sum(axis=1) / count
    variance = (np.where(known, y - mean[:, None], 0.0) ** 2).sum(axis=1) / count
    size = np.clip(mean**2 / np.maximum(variance - mean, 1e-3), *_DISPERSION_RANGE)
    return np.asarray(np.sqrt(size * np.median(size))) if len(size) else size
