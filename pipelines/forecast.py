"""The forecast step. It never holds back the day's sales: when it fails, the last forecast stays."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from forecasting import run as forecasting_run
from forecasting.run import ForecastReport
from forecasting.selection import select
from pipelines.inputs import weights_path
from pipelines.warehouse import open_warehouse
from retail.errors import TillsightError
from retail.progress import Progress, silent
from retail.settings import Settings
from retail.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ForecastOutcome:
    """What came of the step: a report, or null with a message that says why not."""

    report: ForecastReport | None
    message: str


def forecast_or_keep(
    workspace: Workspace, settings: Settings, *, run_id: str, progress: Progress = silent
) -> ForecastOutcome:
    """Forecast, or keep the forecast that is there and say why. Raises nothing: a model library may fail in any way."""
    try:
        report = forecast(workspace, settings, run_id=run_id, progress=progress)
    except Exception as error:  # the step's edge: sales must be published whatever the forecast does
        if not isinstance(error, TillsightError):
            _log.exception("the forecast failed in a way that nobody expected")
        return ForecastOutcome(None, f"No new forecast was made and the last one was kept. {error}")
    return ForecastOutcome(report, "; ".join([f"{sum(report.series.values()):,} series", *report.notes]))


def forecast(workspace: Workspace, settings: Settings, *, run_id: str, progress: Progress = silent) -> ForecastReport:
    """Forecast from the marts in the warehouse into its forecast tables, all of them or none.

    Raises:
        ForecastError: The forecast could not be made; the tables hold what they held before.
    """
    with open_warehouse(workspace, settings) as connection:
        return forecasting_run.forecast(
            connection, settings, run_id=run_id, progress=progress, weights_path=weights_path(workspace)
        )


def select_models(workspace: Workspace, settings: Settings, *, progress: Progress = silent) -> int:
    """Backtest on the shop's own history, and keep how much each model counts for the forecasts to come.

    Takes minutes, so it is no step of a run: it has a job and a weekly schedule of its own.

    Returns:
        Series that were backtested.

    Raises:
        ForecastError: There is too little history; the old weights stay.
    """
    with open_warehouse(workspace, settings) as connection:
        return select(connection, settings, weights_path(workspace), progress=progress).series
