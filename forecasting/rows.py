"""Rows of the published forecast tables, from a panel and what was forecast of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting import tables
from forecasting.models.empirical import known_mean, last_known
from forecasting.models.protocol import Cube
from forecasting.panel import Mask, Panel
from forecasting.panel.warehouse import PRODUCT_STORE
from forecasting.totals import Totals
from retail.vocabulary import QUANTILE_COLUMNS, TOTAL_COLUMNS

_RECENT_DAYS = 28


def forecast_rows(
    panel: Panel, cube: Cube, model_names: NDArray[np.str_], *, run_id: str, cutoff_date: date
) -> pd.DataFrame:
    """`fct_forecasts`: a row per series and day ahead."""
    horizon = cube.shape[1]
    described = panel.series.rename(columns={"unique_id": "series_id"}).assign(model_name=model_names)
    rows = _ahead(panel, described, horizon).assign(run_id=run_id, cutoff_date=cutoff_date)
    flat = cube.reshape(len(rows), -1)
    return rows.assign(**{column: flat[:, index] for index, column in enumerate(QUANTILE_COLUMNS)})


def totals_rows(panel: Panel, totals: Totals, model_names: NDArray[np.str_], *, cutoff_date: date) -> pd.DataFrame:
    """`fct_demand_totals`: a row per product, store and number of days after the cutoff. Categories have none."""
    single = np.flatnonzero((panel.series["level"] == PRODUCT_STORE).to_numpy())
    described = panel.series.rename(columns={"unique_id": "series_id"}).assign(
        model_name=model_names, evidence=evidence(panel)
    )
    rows = _ahead(panel, described.iloc[single], totals.mean.shape[1]).assign(cutoff_date=cutoff_date)
    rows["mean_units"] = totals.mean[single].ravel()
    flat = totals.quantiles[single].reshape(len(rows), -1)
    return rows.assign(**{column: flat[:, index] for index, column in enumerate(TOTAL_COLUMNS)})


def series_rows(panel: Panel, model_names: NDArray[np.str_], per_series: pd.DataFrame) -> pd.DataFrame:
    """`fct_forecast_series`: a row per series."""
    rows = panel.series.rename(columns={"unique_id": "series_id"}).assign(
        model_name=model_names,
        history_days=panel.history,
        mean_daily_units=known_mean(last_known(panel.y, _RECENT_DAYS)),
        evidence=evidence(panel),
    )
    return pd.concat([rows, per_series], axis=1)


def accuracy_rows(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """`fct_forecast_accuracy`: a row per model and segment."""
    return pd.DataFrame(rows, columns=list(tables.SCHEMAS[tables.FORECAST_ACCURACY]))


def has_low_evidence(panel: Panel) -> Mask:
    """Series with fewer known periods than it takes to trust them."""
    return np.asarray(panel.observed < panel.frequency.new_below)


def evidence(panel: Panel) -> NDArray[np.str_]:
    """`ok`, or `low` for a series of low evidence."""
    return np.where(has_low_evidence(panel), "low", "ok")


def _ahead(panel: Panel, described: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Each described series repeated for the days ahead, with `horizon_days` and `target_date`."""
    rows = described.loc[described.index.repeat(horizon)].reset_index(drop=True)
    rows["horizon_days"] = np.tile(np.arange(1, horizon + 1), len(described))
    rows["target_date"] = np.tile(panel.future_dates(horizon).to_numpy(), len(described))
    return rows
