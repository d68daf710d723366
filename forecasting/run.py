"""The forecast step: panel, quantile forecasts, their accuracy over the last weeks, and the published tables."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting import scores, tables
from forecasting.models.combination import NAME, combine, predict_members
from forecasting.models.empirical import known_mean, last_known
from forecasting.models.protocol import Cube, Forecaster
from forecasting.models.registry import forecast_models
from forecasting.panel import Mask, Panel
from forecasting.panel.warehouse import CATEGORY_STORE, find_cutoff, panel_from_warehouse
from forecasting.segments import segments
from forecasting.tables import ensure_tables
from forecasting.weights import Selection, Weights, load, prior
from forecasting.windows import accuracy, open_window
from retail.errors import ForecastError
from retail.progress import Progress, silent
from retail.settings import Settings
from retail.vocabulary import QUANTILE_COLUMNS, QUANTILE_LEVELS

__all__ = ["ForecastReport", "ensure_tables", "forecast"]

log = logging.getLogger(__name__)

EVALUATION_DAYS = 28
"""The last days of the history, forecast from before them to show how good the forecasts are."""
_RECENT_DAYS = 28


@dataclass(slots=True)
class ForecastReport:
    """What a forecast run did, for the run log and the command line.

    Attributes:
        run_id: The run that the rows carry.
        cutoff_date: Last day whose sales were used; null when nothing could be forecast.
        horizon_days: Days forecast after the cutoff.
        series: Series forecast, by level (`product_store`, `category_store`).
        models: Series served, by model name as in `fct_forecasts.model_name`.
        dropped: Models that failed, with the reason.
        notes: What a reader should know: no data, weights out of reach, series of low evidence.
        seconds: Wall time.
    """

    run_id: str
    cutoff_date: date | None
    horizon_days: int
    series: dict[str, int] = field(default_factory=dict)
    models: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return asdict(self) | {"cutoff_date": self.cutoff_date.isoformat() if self.cutoff_date else None}


@dataclass(frozen=True, slots=True)
class _Answer:
    """The forecast of a panel and what is known of its quality."""

    cube: Cube
    model_names: NDArray[np.str_]
    per_series: pd.DataFrame
    accuracy: list[dict[str, object]]
    dropped: dict[str, str]


def forecast(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    run_id: str,
    progress: Progress = silent,
    as_of_date: date | None = None,
    weights_path: Path | None = None,
) -> ForecastReport:
    """Forecast every active series and replace the three forecast tables, or leave them as they were.

    Args:
        warehouse: The warehouse, writable, after dbt has built the marts.
        settings: Weights, horizon, number of series and threads.
        run_id: Name of this run, kept in every row.
        progress: Told what is being done, with counts.
        as_of_date: The day that counts as today; null takes the workspace's as-of moment, else the newest sale.
            The cutoff is the last complete day with sales before it.
        weights_path: `forecast_weights.json` of the workspace, written by the selection; missing means the shipped
            prior.

    Raises:
        ForecastError: The marts cannot be read or the tables cannot be written. Missing weights raise nothing:
            the statistical models serve and the report says so.
    """
    started = time.perf_counter()
    report = ForecastReport(run_id, None, settings.forecast_horizon_days)
    panel = _read_panel(warehouse, settings, as_of_date, report, progress)
    if panel is None:
        tables.replace(
            warehouse,
            {name: tables.empty(name) for name in (tables.FORECASTS, tables.FORECAST_SERIES, tables.FORECAST_ACCURACY)},
        )
    else:
        selection = _selection(weights_path, report)
        weights = selection.weights if selection else prior()
        answer = _answer(panel, settings, weights, progress)
        progress("writing forecasts", 0, len(panel))
        tables.replace(
            warehouse,
            {
                tables.FORECASTS: _forecast_rows(panel, answer, report),
                tables.FORECAST_SERIES: _series_rows(panel, answer),
                tables.FORECAST_ACCURACY: _accuracy_rows(selection.accuracy if selection else answer.accuracy),
            },
        )
        progress("writing forecasts", len(panel), len(panel))
        _describe(report, panel, answer)
    report.seconds = round(time.perf_counter() - started, 2)
    return report


def _read_panel(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    as_of_date: date | None,
    report: ForecastReport,
    progress: Progress,
) -> Panel | None:
    progress("reading demand", 0, 1)
    cutoff_date = find_cutoff(warehouse, as_of_date)
    if cutoff_date is None:
        report.notes.append("There are no sales before today, so there is nothing to forecast from.")
        return None
    panel = panel_from_warehouse(warehouse, cutoff_date, settings.forecast_max_series)
    progress("reading demand", 1, 1)
    if not len(panel):
        report.notes.append("No product sold or had stock in the last 90 days, so there is nothing to forecast.")
        return None
    report.cutoff_date = cutoff_date
    return panel


def _selection(path: Path | None, report: ForecastReport) -> Selection | None:
    if path is None or not path.exists():
        return None
    try:
        return load(path)
    except ForecastError as error:
        log.warning("%s", error)
        report.notes.append(str(error))
        return None


def _answer(panel: Panel, settings: Settings, weights: Weights, progress: Progress) -> _Answer:
    models = forecast_models(settings)
    chronos = models[0].name
    worth = _worth_a_model(panel, settings.forecast_max_series)
    tested = _evaluate(panel, models, weights, {chronos: worth}, progress)
    serving = [model for model in models if model.name not in tested.dropped]
    share = np.array([weights.shares(segment, [model.name for model in models])[0] for segment in segments(panel)])
    only = {chronos: worth & (share > 0)}
    members = predict_members(serving, panel, settings.forecast_horizon_days, QUANTILE_LEVELS, progress, only)
    cube, model_names = combine(members, panel, weights)
    return _Answer(cube, model_names, tested.per_series, tested.accuracy, tested.dropped | members.dropped)


def _worth_a_model(panel: Panel, most: int) -> Mask:
    """The series that the slowest model is asked for: every single one, and as many of the busiest categories."""
    is_category = (panel.series["level"] == CATEGORY_STORE).to_numpy()
    return np.asarray(~is_category | (np.cumsum(is_category) <= most))


@dataclass(frozen=True, slots=True)
class _Evaluation:
    per_series: pd.DataFrame
    accuracy: list[dict[str, object]]
    dropped: dict[str, str]


def _evaluate(
    panel: Panel, models: list[Forecaster], weights: Weights, only: dict[str, Mask], progress: Progress
) -> _Evaluation:
    """Forecast the last 28 days from before them. Series that were new then have no scores of their own."""
    nothing = pd.DataFrame(index=range(len(panel)), columns=list(scores.SCORES), dtype=float)
    end = len(panel.dates) - EVALUATION_DAYS
    if end < 1 or not (panel.until(end).observed > 0).any():
        return _Evaluation(nothing, [], {})
    window = open_window(panel, end, EVALUATION_DAYS, models, QUANTILE_LEVELS, progress, only)
    combined, _ = combine(window.members, window.history, weights)
    tallies = {name: window.tally(cube) for name, cube in window.members.cubes.items()}
    tallies[NAME] = window.tally(combined)
    seconds = window.members.seconds | {NAME: sum(window.members.seconds.values())}
    sums = tallies[NAME]
    known = sums[window.history.observed[np.searchsorted(window.rows, sums["row"])] >= panel.frequency.new_below]
    per_series = scores.per_series(known).set_index(known["row"]).reindex(range(len(panel)))
    return _Evaluation(per_series, accuracy(tallies, seconds), window.members.dropped)


def _forecast_rows(panel: Panel, answer: _Answer, report: ForecastReport) -> pd.DataFrame:
    horizon = report.horizon_days
    described = panel.series.rename(columns={"unique_id": "series_id"}).assign(model_name=answer.model_names)
    rows = described.loc[described.index.repeat(horizon)].reset_index(drop=True)
    rows["run_id"] = report.run_id
    rows["cutoff_date"] = report.cutoff_date
    rows["horizon_days"] = np.tile(np.arange(1, horizon + 1), len(panel))
    rows["target_date"] = np.tile(panel.future_dates(horizon).to_numpy(), len(panel))
    flat = answer.cube.reshape(len(rows), -1)
    return rows.assign(**{column: flat[:, index] for index, column in enumerate(QUANTILE_COLUMNS)})


def _series_rows(panel: Panel, answer: _Answer) -> pd.DataFrame:
    rows = panel.series.rename(columns={"unique_id": "series_id"}).assign(
        model_name=answer.model_names,
        history_days=panel.history,
        mean_daily_units=known_mean(last_known(panel.y, _RECENT_DAYS)),
        evidence=np.where(panel.observed >= panel.frequency.new_below, "ok", "low"),
    )
    return pd.concat([rows, answer.per_series], axis=1)


def _accuracy_rows(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(tables.SCHEMAS[tables.FORECAST_ACCURACY]))


def _describe(report: ForecastReport, panel: Panel, answer: _Answer) -> None:
    report.series = dict(Counter(panel.series["level"]))
    report.models = dict(Counter(answer.model_names.tolist()).most_common())
    report.dropped = answer.dropped
    report.notes += [f"{name} did not serve: {reason}" for name, reason in answer.dropped.items()]
    low = int((panel.observed < panel.frequency.new_below).sum())
    if low:
        report.notes.append(f"{low} series have under {panel.frequency.new_below} days of known demand: low evidence.")
