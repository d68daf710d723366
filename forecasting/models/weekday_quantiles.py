"""Weekday quantiles × recent level: what this weekday sold in the last half year, scaled to how it sells now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.models.empirical import known_mean, last_known, quantiles
from forecasting.models.protocol import to_table
from forecasting.panel import Matrix, Panel
from retail.progress import Progress, silent

_WEEK = 7
_WEEKS = 26
_LEVEL_RANGE = (0.3, 3.0)
_ENOUGH = 8
"""Known values of a weekday from which on a series needs no other's weekday profile."""

_FLAT_UNITS = 50.0
"""Units sold at which a borrowed weekday profile counts as much as a flat one."""


class WeekdayQuantiles:
    """Empirical quantiles per weekday of the last 26 weeks × recent level, for daily panels.

    The recent level is the mean of the last 28 known days over the mean of the window, within 0.3 to 3. A series with
    fewer than 8 known values of a weekday borrows the weekday profile of its category in its store (of the whole panel
    where it says neither), all the more the fewer it has.
    """

    name = "weekday_quantiles"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Never fails; a series without known demand gets zeros."""
        weeks = _by_week(panel.demand)
        own = quantiles(weeks, quantile_levels)
        window = weeks.reshape(len(panel), -1)
        recent = known_mean(last_known(panel.demand, panel.frequency.recent))
        level = np.clip(recent / np.maximum(known_mean(window), 1e-6), *_LEVEL_RANGE)
        week = own * level[:, None, None]
        known = np.isfinite(weeks).sum(axis=1)
        young = (known < _ENOUGH).any(axis=1)
        if young.any():
            borrowed = _borrowed(weeks[young], _profiles(panel, weeks)[young], quantile_levels)
            trust = np.minimum(known[young] / _ENOUGH, 1.0)[..., None]
            week[young] = trust * np.nan_to_num(week[young]) + (1 - trust) * borrowed
        progress(self.name, len(panel), len(panel))
        cube = np.nan_to_num(week)[:, np.arange(horizon) % _WEEK].astype(np.float32)
        return to_table(panel, cube, quantile_levels)


def _by_week(y: Matrix) -> Matrix:
    """The last 26 weeks, weekday by weekday from the first forecast day's on. Shape (series, weeks, 7)."""
    days = _WEEKS * _WEEK
    window = np.full((len(y), days), np.nan, dtype=np.float32)
    kept = min(days, y.shape[1])
    window[:, days - kept :] = y[:, y.shape[1] - kept :]
    return window.reshape(len(y), _WEEKS, _WEEK)


def _profiles(panel: Panel, weeks: Matrix) -> Matrix:
    """Weekday profile (mean 1) of each series' category and store, flat where they have not sold. Shape (series, 7)."""
    keys = [name for name in ("store_id", "category") if name in panel.series.columns]
    group = (
        panel.series.groupby(keys, dropna=False, sort=False).ngroup().to_numpy() if keys else np.zeros(len(panel), int)
    )
    known = np.isfinite(weeks)
    units = np.zeros((group.max() + 1, _WEEK))
    days = np.zeros_like(units)
    np.add.at(units, group, np.where(known, weeks, 0).sum(axis=1))
    np.add.at(days, group, known.sum(axis=1))
    mean = units / np.maximum(days, 1)
    overall = mean.mean(axis=1, keepdims=True)
    ratio = np.where(overall > 0, mean / np.maximum(overall, 1e-9), 1.0)
    sold = units.sum(axis=1, keepdims=True)
    profile = (sold * ratio + _FLAT_UNITS) / (sold + _FLAT_UNITS)
    return np.asarray(profile[group], dtype=np.float32)


def _borrowed(weeks: Matrix, profile: Matrix, levels: Sequence[float]) -> NDArray[np.float32]:
    """Quantiles of all known days without their weekday's effect, with it put back. Shape (series, 7, levels)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.where(profile[:, None, :] > 0, weeks / profile[:, None, :], np.nan)
    pooled = np.nan_to_num(quantiles(plain.reshape(len(weeks), -1), levels))
    return pooled[:, None, :] * profile[:, :, None]
