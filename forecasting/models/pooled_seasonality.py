"""Pooled seasonality: each series' own recent level times the seasonal profile of the whole panel.

A single slow seller says next to nothing of its year; all of them together say it well, and a fast one adds its own.
The profile is the classical ratio to the year's mean (Makridakis, Wheelwright & Hyndman 1998, ch. 3), added up over
series and shrunk to by each as a gamma prior would; the level is an exponentially weighted mean of what is left without
it; the counts around it are negative binomial (Snyder, Ord & Beaumont 2012).
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

_TRUST_UNITS = 60.0
"""Expected units of a phase at which a series' own profile counts as much as the pooled one."""

_DISPERSION_RANGE = (0.3, 20.0)


class PooledSeasonality:
    """Recent level × seasonal profile, own as far as the series has one and pooled for the rest; negative binomial."""

    name = "pooled_seasonality"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Never fails; a series without known demand gets zeros."""
        from scipy.stats import nbinom

        y = panel.y.astype(np.float64)
        season, length = panel.frequency.season_length, y.shape[1]
        profile = _profile(y, season)
        phases = np.arange(length + horizon) % season
        past, ahead = profile[:, phases[:length]], profile[:, phases[length:]]
        recent = slice(-6 * panel.frequency.recent, None)
        size = _size(y[:, recent] / past[:, recent])
        mean = np.maximum(_level(y, past, panel.frequency.recent)[:, None] * ahead, 1e-9)
        chance = size[:, None] / (size[:, None] + mean)
        cube = nbinom.ppf(np.asarray(quantile_levels), size[:, None, None], chance[..., None])
        progress(self.name, len(panel), len(panel))
        return to_table(panel, np.nan_to_num(cube).astype(np.float32), quantile_levels)


def _profile(y: Floats, season: int) -> Floats:
    """Demand of each phase over the season's mean; ones where there are not two seasons. Shape (series, season)."""
    seasons = y.shape[1] // season
    if seasons < 2:
        return np.ones((len(y), season))
    blocks = y[:, y.shape[1] - seasons * season :].reshape(len(y), seasons, season)
    known = np.isfinite(blocks)
    mean = np.where(known, blocks, 0.0).sum(axis=2, keepdims=True) / np.maximum(known.sum(axis=2, keepdims=True), 1)
    counted = known & (known.mean(axis=2, keepdims=True) > _KNOWN_SHARE) & (mean > _LOWEST_MEAN)
    seen = np.where(counted, np.minimum(np.nan_to_num(blocks), _MOST_TIMES_MEAN * mean + _MOST_ABOVE), 0.0)
    usual = np.where(counted, mean, 0.0)
    weight = 1 / np.sqrt(np.maximum(mean, _LOWEST_MEAN))
    expected = (weight * usual).sum(axis=(0, 1))
    pooled = np.where(expected > 0, (weight * seen).sum(axis=(0, 1)) / np.maximum(expected, 1e-9), 1.0)
    own, own_usual = seen.sum(axis=1), usual.sum(axis=1)
    if season >= _LONG_SEASON:
        pooled = _smooth(pooled)
        own, own_usual = _smooth(_smooth(own)), _smooth(_smooth(own_usual))
    profile = (own + _TRUST_UNITS * pooled) / (own_usual + _TRUST_UNITS)
    # The blocks end with the panel, so the first phase of the calendar is not the first of a block.
    return np.asarray(np.maximum(np.roll(profile, y.shape[1] % season, axis=1), 1e-3))


def _smooth(values: Floats) -> Floats:
    """A weighted mean of each phase and its neighbours, around the season."""
    smoothed: Floats = 0.25 * np.roll(values, 1, axis=-1) + 0.5 * values + 0.25 * np.roll(values, -1, axis=-1)
    return smoothed


def _level(y: Floats, profile: Floats, recent: int) -> Floats:
    """Demand without its season now: the mean of three exponentially weighted means, 0 where none is known."""
    known = np.isfinite(y)
    seen, age = np.where(known, y, 0.0), np.arange(y.shape[1])[::-1]
    levels = []
    for periods in (recent / 2, recent, 2 * recent):
        weight = (1 - 1 / (periods + 1)) ** age
        expected = (known * profile) @ weight
        levels.append(np.divide(seen @ weight, expected, out=np.zeros(len(y)), where=expected > 0))
    level: Floats = np.mean(levels, axis=0)
    return level


def _size(y: Matrix | Floats) -> Floats:
    """Size of the negative binomial from mean and variance, half-way to the panel's median. Shape (series,)."""
    known = np.isfinite(y)
    count = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, y, 0.0).sum(axis=1) / count
    variance = (np.where(known, y - mean[:, None], 0.0) ** 2).sum(axis=1) / count
    size = np.clip(mean**2 / np.maximum(variance - mean, 1e-3), *_DISPERSION_RANGE)
    return np.asarray(np.sqrt(size * np.median(size))) if len(size) else size
