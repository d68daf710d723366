"""`python -m benchmarks.forecast_speed`: how long forecasts take, the bundled checkpoint beside what one would else do.

In one run on one machine: the bundled checkpoint over every series, the same weights asked for one series at a time,
and statsforecast's AutoETS over the processor's threads. What is slow is timed on a sample and scaled to all series.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from forecasting.models.chronos import Chronos, histories
from forecasting.models.gradient_boosting import GradientBoosting
from forecasting.models.protocol import Forecaster
from forecasting.models.smoothing import Theta
from forecasting.models.weekday_quantiles import WeekdayQuantiles
from forecasting.panel import Panel
from retail.vocabulary import QUANTILE_LEVELS

HORIZON = 28
WEEK = np.array([1.0, 0.8, 0.8, 0.9, 1.2, 1.8, 0.5])


def main() -> int:
    """Time every way and print the table."""
    arguments = _arguments()
    panel = _panel(arguments.series, arguments.days)
    sample = panel.sample(arguments.sample)
    bundled = Chronos(threads=arguments.threads)
    _seconds(bundled, panel.sample(1))
    print(f"{len(panel)} series of {arguments.days} days, {HORIZON} days ahead, {arguments.threads} threads")
    rows = [("bundled checkpoint, in batches", _seconds(bundled, panel), len(panel))]
    rows.append(("bundled checkpoint, one series at a time", _timed(lambda: _one_by_one(bundled, sample)), len(sample)))
    rows.append(("statsforecast AutoETS", _timed(lambda: _auto_ets(sample, arguments.threads)), len(sample)))
    rows.append(("weekday quantiles", _seconds(WeekdayQuantiles(), panel), len(panel)))
    rows.append(("statsforecast Theta", _seconds(Theta(), sample), len(sample)))
    few = panel.sample(arguments.boosted)
    rows.append((f"LightGBM on {len(few)} series", _seconds(GradientBoosting(arguments.threads), few), len(few)))
    first = rows[0][1]
    print("| model | series timed | seconds | scaled to all | × the bundled checkpoint |", "|---" * 5 + "|", sep="\n")
    for name, seconds, timed in rows:
        scaled = seconds * len(panel) / timed
        print(f"| {name} | {timed} | {seconds:.1f} | {scaled:.0f} s | {scaled / first:.1f} |")
    print(f"memory: at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.1f} GiB")
    return 0


def _panel(series: int, days: int) -> Panel:
    generator = np.random.default_rng(0)
    dates = pd.date_range(end="2024-06-30", periods=days)
    level = np.geomspace(0.05, 50, series)[:, None]
    units = generator.poisson(level * WEEK[dates.day_of_week]).astype(np.float32)
    names = pd.DataFrame({"unique_id": [f"series {number}" for number in range(series)]})
    return Panel(names, dates, units, np.ones(units.shape, dtype=bool))


def _seconds(model: Forecaster, panel: Panel) -> float:
    return _timed(lambda: model.predict(panel, HORIZON, QUANTILE_LEVELS))


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _one_by_one(model: Chronos, panel: Panel) -> None:
    pipeline = model.pipeline(panel.frequency)
    for history in histories(panel.demand[:, -pipeline.model_context_length :]):
        pipeline.predict_quantiles([history], prediction_length=HORIZON, quantile_levels=list(QUANTILE_LEVELS))


def _auto_ets(panel: Panel, threads: int) -> None:
    """As its documentation has it: one call, over the processor's threads."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS as Library

    frame = panel.frame().astype({"y": "float64", "unique_id": str})[["unique_id", "ds", "y"]]
    model = StatsForecast(models=[Library(season_length=7)], freq="D", n_jobs=threads)
    model.forecast(df=frame, h=HORIZON, level=[20, 40, 60, 80])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast_speed", description=__doc__)
    parser.add_argument("--series", type=int, default=10_000, help="series (default: 10000)")
    parser.add_argument("--days", type=int, default=365, help="days of history (default: 365)")
    parser.add_argument("--sample", type=int, default=200, help="series that slow ways are timed on (default: 200)")
    parser.add_argument("--boosted", type=int, default=2_000, help="series that LightGBM is timed on (default: 2000)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads (default: 2)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
