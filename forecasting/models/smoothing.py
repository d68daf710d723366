"""Exponential smoothing of statsforecast, fitted series by series: AutoETS (slow) and Theta."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecasting.models.empirical import known_mean
from forecasting.models.protocol import Cube, to_table
from forecasting.panel import Panel
from retail.errors import ForecastError
from retail.progress import Progress, silent

log = logging.getLogger(__name__)

_HISTORY = 364
_BATCH = 50
_ALIAS = "fitted"

Make = Callable[[int], Any]
"""A model of statsforecast, named `_ALIAS`, for a season of so many periods."""


class AutoETS:
    """statsforecast's AutoETS, exponential smoothing chosen per series: 0.1 s and more a series, so on request only.

    A series it cannot fit has statsforecast's seasonal naive.
    """

    name = "auto_ets"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Unknown demand is filled with the series' mean, since the library takes no gaps.

        Raises:
            ForecastError: The library failed on the whole panel.
        """

        def make(season: int) -> Any:
            from statsforecast.models import AutoETS as Library

            return Library(season_length=season, alias=_ALIAS)

        return _predict(self.name, make, panel, horizon, quantile_levels, progress)


class Theta:
    """statsforecast's Theta (Assimakopoulos & Nikolopoulos 2000) on additively deseasonalised demand.

    A series it cannot fit has statsforecast's seasonal naive.
    """

    name = "theta"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Unknown demand is filled with the series' mean, since the library takes no gaps.

        Raises:
            ForecastError: The library failed on the whole panel.
        """

        def make(season: int) -> Any:
            from statsforecast.models import Theta as Library

            return Library(season_length=season, decomposition_type="additive", alias=_ALIAS)

        return _predict(self.name, make, panel, horizon, quantile_levels, progress)


def _predict(
    name: str, make: Make, panel: Panel, horizon: int, levels: Sequence[float], progress: Progress
) -> pd.DataFrame:
    recent = panel.between(max(0, len(panel.dates) - _HISTORY), len(panel.dates))
    cube = np.zeros((len(panel), horizon, len(levels)), dtype=np.float32)
    seasons = np.array([panel.frequency.season(int(history)) for history in recent.history], dtype=np.int64)
    done = 0
    for season in np.unique(seasons):
        rows = np.flatnonzero(seasons == season)
        for start in range(0, len(rows), _BATCH):
            progress(name, done, len(panel))
            batch = rows[start : start + _BATCH]
            cube[batch] = _forecast(name, make(int(season)), recent.take(batch), int(season), horizon, levels)
            done += len(batch)
    progress(name, done, len(panel))
    return to_table(panel, cube, levels)


def _forecast(name: str, model: Any, panel: Panel, season: int, horizon: int, levels: Sequence[float]) -> Cube:
    from statsforecast import StatsForecast
    from statsforecast.models import SeasonalNaive

    widths = sorted({round(abs(2 * level - 1) * 100) for level in levels} - {0})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            library = StatsForecast(models=[model], freq=1, fallback_model=SeasonalNaive(season, alias=_ALIAS))
            answer = library.forecast(df=_complete(panel), h=horizon, level=widths)
    except Exception as error:  # statsforecast may raise anything
        log.exception("statsforecast failed")
        raise ForecastError(
            f"{name} failed on {len(panel)} series: {error}. It is left out of the forecast."
        ) from error
    answer = answer.sort_values(["unique_id", "ds"])
    columns = [_column(level) for level in levels]
    cube = answer[columns].to_numpy(dtype=np.float32).reshape(-1, horizon, len(columns))
    whole = np.zeros((len(panel), *cube.shape[1:]), dtype=np.float32)
    whole[answer["unique_id"].unique()] = cube
    return np.asarray(np.maximum(whole, 0))


def _complete(panel: Panel) -> pd.DataFrame:
    started = np.isfinite(panel.units)
    started = np.maximum.accumulate(started, axis=1)
    values = np.where(np.isfinite(panel.demand), panel.demand, known_mean(panel.demand)[:, None])
    rows, columns = np.nonzero(started)
    return pd.DataFrame({"unique_id": rows, "ds": columns, "y": values[rows, columns].astype(np.float64)})


def _column(level: float) -> str:
    width = round(abs(2 * level - 1) * 100)
    if width == 0:
        return _ALIAS
    return f"{_ALIAS}-{'lo' if level < 0.5 else 'hi'}-{width}"
