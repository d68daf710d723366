"""The forecast step: panel, quantile forecasts, their accuracy over the last weeks, and the published tables."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting import rows, tables
from forecasting.calibration import calibrated_totals
from forecasting.drift import EVALUATION, backtest_history, evaluation_history, selected_on, wants_selection
from forecasting.evaluation import Evaluation, evaluate
from forecasting.models.combination import in_whole_units, predict_members
from forecasting.models.protocol import Cube, Forecaster
from forecasting.models.registry import FLOORS, forecast_models
from forecasting.panel import Mask, Panel
from forecasting.panel.correction import correct
from forecasting.panel.daily import demand_rows
from forecasting.panel.warehouse import CATEGORY_STORE, find_cutoff, panel_from_warehouse
from forecasting.scenarios import scenarios
from forecasting.segments import segments
from forecasting.serving import served
from forecasting.tables import ensure_tables
from forecasting.totals import Totals
from forecasting.weights import Selection, Weights, load, prior, prior_calibration
from retail.errors import ForecastError
from retail.progress import Progress, silent
from retail.settings import Settings
from retail.vocabulary import MARTS_SCHEMA, QUANTILE_LEVELS

__all__ = ["ForecastReport", "ensure_tables", "forecast"]

log = logging.getLogger(__name__)

_OF_THE_LAST_RUN = (
    tables.FORECASTS,
    tables.FORECAST_SERIES,
    tables.FORECAST_ACCURACY,
    tables.FORECAST_SCENARIOS,
    tables.DEMAND_TOTALS,
    tables.DEMAND_DAILY,
)
"""Tables that a run replaces whole."""
_HISTORY_ROWS = 20_000
"""Rows of earlier evaluations that are kept, the newest: more than a year of nights."""


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
    totals: Totals
    model_names: NDArray[np.str_]
    evaluation: Evaluation
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
    if panel is None or report.cutoff_date is None:
        tables.replace(warehouse, {name: tables.empty(name) for name in _OF_THE_LAST_RUN})
    else:
        selection = _selection(weights_path, report)
        answer = _answer(panel, settings, selection, progress)
        progress("writing forecasts", 0, len(panel))
        history = _history(warehouse, answer.evaluation, selection, run_id)
        tables.replace(
            warehouse,
            _tables(panel, answer, selection, run_id, report.cutoff_date) | {tables.FORECAST_HISTORY: history},
        )
        of_run = history[history["run_id"] == run_id][["segment", "is_drifting"]].to_dict("records")
        if why := wants_selection(
            [{str(name): value for name, value in row.items()} for row in of_run],
            report.cutoff_date,
            selected_on(selection),
        ):
            report.notes.append(why)
        progress("writing forecasts", len(panel), len(panel))
        _describe(report, panel, answer)
    report.seconds = round(time.perf_counter() - started, 2)
    return report


def _tables(
    panel: Panel, answer: _Answer, selection: Selection | None, run_id: str, cutoff_date: date
) -> dict[str, pd.DataFrame]:
    accuracy = selection.accuracy if selection else answer.evaluation.accuracy
    return {
        tables.FORECASTS: rows.forecast_rows(
            panel, answer.cube, answer.model_names, run_id=run_id, cutoff_date=cutoff_date
        ),
        tables.FORECAST_SERIES: rows.series_rows(panel, answer.model_names, answer.evaluation.per_series),
        tables.FORECAST_ACCURACY: rows.accuracy_rows(accuracy),
        tables.DEMAND_TOTALS: rows.totals_rows(panel, answer.totals, answer.model_names, cutoff_date=cutoff_date),
        tables.DEMAND_DAILY: demand_rows(panel),
        tables.FORECAST_SCENARIOS: scenarios(panel, answer.cube, answer.cube.shape[1]),
    }


def _history(
    warehouse: duckdb.DuckDBPyConnection, evaluation: Evaluation, selection: Selection | None, run_id: str
) -> pd.DataFrame:
    """Earlier evaluations with this one, one a cutoff, and the windows of the last selection."""
    tables.ensure_tables(warehouse)
    earlier = warehouse.execute(f"from {MARTS_SCHEMA}.{tables.FORECAST_HISTORY}").df()
    new = evaluation_history(evaluation.accuracy, selection, run_id, evaluation.cutoff_date)
    new += backtest_history(selection, run_id) if selection else []
    columns = list(tables.SCHEMAS[tables.FORECAST_HISTORY])
    rows_now = pd.DataFrame(new, columns=columns)
    is_kept = (earlier["kind"] == EVALUATION) & (
        pd.to_datetime(earlier["cutoff_date"]).dt.date != evaluation.cutoff_date
    )
    return pd.concat([earlier[is_kept].tail(_HISTORY_ROWS), rows_now]) if is_kept.any() else rows_now


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
    panel = panel_from_warehouse(warehouse, cutoff_date, settings.forecast_max_series, settings.forecast_horizon_days)
    panel = correct(panel)
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


def _answer(panel: Panel, settings: Settings, selection: Selection | None, progress: Progress) -> _Answer:
    code = panel.frequency.code
    weights = selection.weights if selection else prior(code)
    calibration = (selection.calibration if selection else None) or prior_calibration(code)
    models = forecast_models(settings)
    asked = _asked(panel, models, weights, settings.forecast_max_series)
    tested = evaluate(panel, models, weights, asked, progress)
    serving = [model for model in models if model.name not in tested.dropped]
    members = predict_members(serving, panel, settings.forecast_horizon_days, QUANTILE_LEVELS, progress, asked)
    fractions, model_names = served(members, panel, weights, keeps_fractions=True)
    totals = calibrated_totals(fractions, panel, QUANTILE_LEVELS, calibration)
    cube = in_whole_units(fractions, panel)
    return _Answer(in_whole_units(cube, panel), totals, model_names, tested, tested.dropped | members.dropped)


def _asked(panel: Panel, models: Sequence[Forecaster], weights: Weights, most: int) -> dict[str, Mask]:
    """The series that each model is asked for: where it has weight; a floor everywhere, so that there is an answer.

    Categories beyond the busiest `most` are asked of the floors only.
    """
    is_category = (panel.series["level"] == CATEGORY_STORE).to_numpy()
    worth = ~is_category | (np.cumsum(is_category) <= most)
    names = [model.name for model in models]
    found, which = np.unique(segments(panel), return_inverse=True)
    share = np.stack([weights.shares(str(segment), names) for segment in found])[which]
    return {name: worth & (share[:, index] > 0) for index, name in enumerate(names) if name not in FLOORS}


def _describe(report: ForecastReport, panel: Panel, answer: _Answer) -> None:
    report.series = dict(Counter(panel.series["level"]))
    report.models = dict(Counter(answer.model_names.tolist()).most_common())
    report.dropped = answer.dropped
    report.notes += [f"{name} did not serve: {reason}" for name, reason in answer.dropped.items()]
    low = int(rows.has_low_evidence(panel).sum())
    if low:
        report.notes.append(f"{low} series have under {panel.frequency.new_below} days of known demand: low evidence.")
