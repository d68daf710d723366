"""AutoETS of statsforecast: exponential smoothing chosen per series. Slow, so for backtests and on request."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from forecasting.models.empirical import known_mean
from forecasting.models.protocol import to_table
from forecasting.panel import Panel
from retail.errors import ForecastError
from retail.progress import Progress, silent

log = logging.getLogger(__name__)

_HISTORY = 364
_BATCH = 50


class AutoETS:
    """statsforecast's AutoETS, one series after another; a series it cannot fit has statsforecast's seasonal naive."""

    name = "auto_ets"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Unknown demand is filled with the series' mean, since the library takes no gaps.

        Raises:
            ForecastError: The library failed on the whole panel.
        """
        panel = panel.between(max(0, len(panel.dates) - _HISTORY), len(panel.dates))
        batches = []
        for start in range(0, len(panel), _BATCH):
            progress(self.name, start, len(panel))
            rows = np.arange(start, min(start + _BATCH, len(panel)))
            batches.append(_forecast(panel.take(rows), horizon, quantile_levels))
        progress(self.name, len(panel), len(panel))
        return to_table(panel, np.concatenate(batches), quantile_levels)


def _forecast(panel: Panel, horizon: int, levels: Sequence[float]) -> np.ndarray:
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS as Model
    from statsforecast.models import SeasonalNaive

    season = panel.frequency.season(int(panel.history.max(initial=0)))
    widths = sorted({round(abs(2 * level - 1) * 100) for level in levels} - {0})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = StatsForecast(
                models=[Model(season_length=season, alias="ets")],
                freq=1,
                fallback_model=SeasonalNaive(season, alias="ets"),
            )
            answer = model.forecast(df=_complete(panel), h=horizon, level=widths)
    except Exception as error:  # statsforecast may raise anything
        log.exception("statsforecast failed")
        raise ForecastError(
            f"AutoETS failed on {len(panel)} series: {error}. It is left out of the forecast."
        ) from error
    answer = answer.sort_values(["unique_id", "ds"])
    columns = [_column(level) for level in levels]
    cube = answer[columns].to_numpy(dtype=np.float32).reshape(len(panel), horizon, len(columns))
    return np.asarray(np.maximum(cube, 0))


def _complete(panel: Panel) -> pd.DataFrame:
    started = np.isfinite(panel.units)
    values = np.where(np.isfinite(panel.y), panel.y, known_mean(panel.y)[:, None])
    rows, columns = np.nonzero(started)
    return pd.DataFrame({"unique_id": rows, "ds": columns, "y": values[rows, columns].astype(np.float64)})


def _column(level: float) -> str:
    width = round(abs(2 * level - 1) * 100)
    if width == 0:
        return "ets"
    return f"ets-{'lo' if level < 0.5 else 'hi'}-{width}"
