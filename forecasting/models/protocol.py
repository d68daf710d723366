"""What a forecast model promises, and the two shapes of its answer: a long table and a cube."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.panel import Panel
from retail.errors import ForecastError
from retail.progress import Progress, silent

Cube = NDArray[np.float32]
"""Quantiles of shape (series, horizon, levels)."""


class Forecaster(Protocol):
    """A model that forecasts every series of a panel."""

    @property
    def name(self) -> str:
        """Name of the model in tables and on screen."""

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """Forecast the `horizon` periods after the panel's calendar.

        Returns:
            Long table with `unique_id`, `ds` and a column per level (`q10` … `q90`), sorted as the panel's series and
            by date. Values may be NaN where the model has no answer for a series.

        Raises:
            ForecastError: The model cannot serve at all: weights missing, out of reach or broken.
        """


def quantile_column(level: float) -> str:
    """Column of a quantile level: 0.1 is `q10`, 0.05 is `q05`."""
    return f"q{round(level * 100):02d}"


def to_table(panel: Panel, cube: Cube, quantile_levels: Sequence[float]) -> pd.DataFrame:
    """A cube as the long table of the protocol."""
    series, horizon, _ = cube.shape
    flat = cube.reshape(series * horizon, -1)
    return pd.DataFrame(
        {
            "unique_id": pd.Categorical.from_codes(
                np.repeat(np.arange(series), horizon), categories=pd.Index(panel.unique_ids)
            ),
            "ds": np.tile(panel.future_dates(horizon).to_numpy(), series),
            **{quantile_column(level): flat[:, index] for index, level in enumerate(quantile_levels)},
        }
    )


def to_cube(table: pd.DataFrame, panel: Panel, horizon: int, quantile_levels: Sequence[float]) -> Cube:
    """The long table of the protocol as a cube.

    Raises:
        ForecastError: The table has not exactly one row per series and date, in order.
    """
    if len(table) != len(panel) * horizon or list(table["unique_id"].iloc[::horizon]) != panel.unique_ids:
        raise ForecastError(
            f"A model answered {len(table)} rows; {len(panel)} series × {horizon} periods, in order, were asked for."
        )
    columns = [quantile_column(level) for level in quantile_levels]
    return table[columns].to_numpy(dtype=np.float32).reshape(len(panel), horizon, len(columns))
