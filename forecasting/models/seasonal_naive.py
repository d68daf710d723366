"""Seasonal naive: the last season again, with the intervals that statsforecast's model of that name gives."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.models.protocol import to_table
from forecasting.panel import Matrix, Panel
from retail.progress import Progress, silent


class SeasonalNaive:
    """The value one season ago ± z × sigma × sqrt(seasons ahead), over all series at once.

    Equal to `statsforecast.models.SeasonalNaive` on a complete history; where the last season has unknown values, the
    last known one of the same phase stands in, and sigma is taken over the known differences.
    """

    name = "seasonal_naive"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Never fails; a series without known demand gets zeros."""
        cube = np.zeros((len(panel), horizon, len(quantile_levels)), dtype=np.float32)
        seasons = np.array([panel.frequency.season(int(history)) for history in panel.history])
        z = np.array([NormalDist().inv_cdf(level) for level in quantile_levels], dtype=np.float32)
        for season in np.unique(seasons):
            rows = seasons == season
            y = panel.demand[rows]
            steps = np.arange(horizon)
            centre = _last_season(y, int(season))[:, steps % season]
            spread = _sigma(y, int(season))[:, None] * np.sqrt(steps // season + 1)
            cube[rows] = centre[..., None] + spread[..., None] * z
        progress(self.name, len(panel), len(panel))
        return to_table(panel, np.maximum(cube, 0), quantile_levels)


def _last_season(y: Matrix, season: int) -> Matrix:
    width = y.shape[1]
    last = np.full((len(y), season), np.nan, dtype=np.float32)
    for start in range(width - season, -season, -season):
        unknown = np.isnan(last)
        if not unknown.any():
            break
        piece = np.full_like(last, np.nan)
        piece[:, max(0, -start) :] = y[:, max(0, start) : start + season]
        last = np.where(unknown, piece, last)
    return np.nan_to_num(last)


def _sigma(y: Matrix, season: int) -> NDArray[np.float64]:
    if y.shape[1] <= season:
        return np.zeros(len(y))
    difference = (y[:, season:] - y[:, :-season]).astype(np.float64)
    known = np.isfinite(difference)
    squares = np.where(known, difference**2, 0.0).sum(axis=1)
    sigma: NDArray[np.float64] = np.sqrt(squares / np.maximum(known.sum(axis=1), 1))
    return sigma
