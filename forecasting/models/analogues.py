"""Analogues: a product without history of its own is forecast as what its like sells now.

Likes are the series of the same category, store and price band; where fewer than three of them have a history of their
own, those of the category in the store, of the category, of the store, of the whole panel.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.models.empirical import last_known, quantiles
from forecasting.models.protocol import Cube, to_table
from forecasting.panel import Mask, Matrix, Panel
from retail.progress import Progress, silent

EVIDENCE_PERIODS = 5.0
"""Known periods of its own at which a series counts as much as its analogues."""

_KINDS = (("category", "store_id", "price_band"), ("category", "store_id"), ("category",), ("store_id",), ())
_FEWEST = 3
_WEEK = 7
_FLAT_UNITS = 50.0
"""Units sold at which a group's weekday profile counts as much as a flat one."""


class Analogues:
    """Quantiles over the recent periods of all analogues together, by weekday where periods are days.

    The spread between products is part of the answer: nobody knows yet which of them the new one will be like.
    """

    name = "analogues"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. NaN for every series where no series of the panel has a history."""
        cube = np.full((len(panel), horizon, len(quantile_levels)), np.nan, dtype=np.float32)
        grown = panel.observed >= panel.frequency.new_below
        for kind in _KINDS:
            groups = _groups(panel, kind)
            unserved = np.isnan(cube).any(axis=(1, 2))
            for group in np.unique(groups[unserved]):
                likes = (groups == group) & grown
                if likes.sum() >= (_FEWEST if kind else 1):
                    cube[unserved & (groups == group)] = _pooled(panel, likes, horizon, quantile_levels)
        progress(self.name, len(panel), len(panel))
        return to_table(panel, cube, quantile_levels)


def blend(cube: Cube, analogues: Cube, observed: NDArray[np.int64], evidence: float = EVIDENCE_PERIODS) -> Cube:
    """Quantiles of series with little history, leaning on their analogues: weight n / (n + k) on their own.

    Averaging quantiles level by level keeps them in order.

    Args:
        cube: The series' own quantiles. Shape (series, horizon, levels).
        analogues: Those of `Analogues`, NaN where there are none. Same shape.
        observed: Periods with known demand of each series, n.
        evidence: k, periods.

    Returns:
        The mean; one alone where the other is unknown.
    """
    own = (observed / (observed + evidence))[:, None, None].astype(np.float32)
    mean = own * cube + (1 - own) * analogues
    return np.where(np.isfinite(mean), mean, np.where(np.isfinite(cube), cube, analogues))


def _groups(panel: Panel, names: Sequence[str]) -> NDArray[np.int64]:
    keys = [name for name in names if name in panel.series.columns]
    if not keys:
        return np.zeros(len(panel), dtype=np.int64)
    return np.asarray(panel.series.groupby(keys, dropna=False, sort=False).ngroup(), dtype=np.int64)


def _pooled(panel: Panel, likes: Mask, horizon: int, levels: Sequence[float]) -> Cube:
    """Quantiles of all recent periods of the analogues. Shape (horizon, levels)."""
    recent = panel.frequency.recent
    if panel.frequency.code != "D":
        pooled = last_known(panel.demand[likes], recent).reshape(1, -1)
        return np.repeat(quantiles(pooled, levels), horizon, axis=0)
    days = panel.demand[likes][:, -2 * recent :]
    weekday = (np.arange(-days.shape[1], 0)) % _WEEK
    profile = _profile(days, weekday)
    plain = quantiles((days / profile[weekday]).reshape(1, -1), levels)[0]
    return np.asarray(profile[np.arange(horizon) % _WEEK, None] * plain, dtype=np.float32)


def _profile(days: Matrix, weekday: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weekday factors around 1, from the first day ahead on, leaning on flat ones. Shape (7,)."""
    known = np.isfinite(days)
    units = np.bincount(weekday, np.where(known, days, 0).sum(axis=0), minlength=_WEEK)
    mean = units / np.maximum(np.bincount(weekday, known.sum(axis=0), minlength=_WEEK), 1)
    ratio = mean / mean.mean() if mean.mean() > 0 else np.ones(_WEEK)
    factor = (units.sum() * ratio + _FLAT_UNITS) / (units.sum() + _FLAT_UNITS)
    return np.asarray(np.maximum(factor, 1e-3))
