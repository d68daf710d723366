"""Choosing the weights of the combination for one shop: a backtest on its own history."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from forecasting import tables
from forecasting.backtest import Backtest, backtest
from forecasting.models.registry import forecast_models
from forecasting.panel.warehouse import find_cutoff, panel_from_warehouse
from forecasting.weights import Selection, save
from retail.errors import ForecastError
from retail.progress import Progress, silent
from retail.settings import Settings

MAX_SERIES = 1000
"""Series that a selection looks at: a seeded sample, since weights per segment need no more."""


def select(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    weights_path: Path,
    *,
    progress: Progress = silent,
    as_of_date: date | None = None,
) -> Backtest:
    """Backtest on the shop's own history, keep the weights in `weights_path`, and publish the accuracy.

    From then on the forecast step uses these weights, and `fct_forecast_accuracy` holds this backtest.

    Args:
        warehouse: The warehouse, writable, after dbt has built the marts.
        settings: Weights of Chronos, number of series and threads.
        weights_path: File to write, replaced as a whole.
        progress: Told by each model.
        as_of_date: The day that counts as today (see `forecasting.run.forecast`).

    Raises:
        ForecastError: There is too little history, or the marts cannot be read or written. The old weights stay.
    """
    cutoff_date = find_cutoff(warehouse, as_of_date)
    if cutoff_date is None:
        raise ForecastError("There are no sales to select forecast weights by. Run the pipeline on some first.")
    panel = panel_from_warehouse(warehouse, cutoff_date, settings.forecast_max_series)
    if len(panel.dates) < 2 * panel.frequency.horizon + 1:
        raise ForecastError(
            f"{len(panel.dates)} days of sales are too few to select forecast weights by: it takes "
            f"{2 * panel.frequency.horizon + 1}. Until then the shipped weights serve."
        )
    found = backtest(panel.sample(MAX_SERIES), forecast_models(settings), progress=progress)
    save(weights_path, Selection(found.weights, found.accuracy, found.calibration, found.windows))
    columns = list(tables.SCHEMAS[tables.FORECAST_ACCURACY])
    tables.replace(warehouse, {tables.FORECAST_ACCURACY: pd.DataFrame(found.accuracy, columns=columns)})
    return found
