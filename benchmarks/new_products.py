"""`python -m benchmarks.new_products`: the last table of docs/demand.md, what analogues are worth to new products.

Of 250 series with a long history all but the last days before the cutoff is hidden, and the next 28 days are forecast.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.stockouts import WORKSPACE
from forecasting.models.analogues import Analogues, blend
from forecasting.models.protocol import Cube, Forecaster, to_cube
from forecasting.models.weekday_quantiles import WeekdayQuantiles
from forecasting.panel import Panel
from forecasting.panel.warehouse import find_cutoff, panel_from_warehouse
from retail.duckdb_options import OFFLINE
from retail.vocabulary import QUANTILE_LEVELS

HORIZON, SERIES, LONG = 28, 250, 200
KNOWN_DAYS = (0, 3, 7, 14, 21)


def main() -> int:
    """Hide, forecast, score and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.new_products", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=WORKSPACE, help="made by `make demo` (data/demo-sample)")
    with duckdb.connect(
        str(parser.parse_args().workspace / "warehouse.duckdb"), read_only=True, config={**OFFLINE}
    ) as connection:
        cutoff_date = find_cutoff(connection)
        assert cutoff_date is not None
        panel = panel_from_warehouse(connection, cutoff_date, 10_000)
    end = len(panel.dates) - HORIZON
    known = panel.until(end)
    chosen = np.random.default_rng(1).choice(np.flatnonzero(known.observed > LONG), SERIES, replace=False)
    actual = panel.y[chosen, end:]
    print("| n | own history alone (weekday quantiles) | analogues alone | both |\n" + "|---" * 4 + "|")
    for days in KNOWN_DAYS:
        units = known.units.copy()
        units[chosen, : end - days] = np.nan
        young = replace(known, units=units)
        own, like = (_cube(model, young)[chosen] for model in (WeekdayQuantiles(), Analogues()))
        both = blend(own, like, young.observed[chosen])
        print(f"| {days} | " + " | ".join(f"{_wql(cube, actual):.3f}" for cube in (own, like, both)) + " |")
    return 0


def _cube(model: Forecaster, panel: Panel) -> Cube:
    return to_cube(model.predict(panel, HORIZON, QUANTILE_LEVELS), panel, HORIZON, QUANTILE_LEVELS)


def _wql(cube: Cube, actual: NDArray[np.float32]) -> float:
    seen = np.isfinite(actual)
    losses = [
        np.maximum(level * (actual - cube[:, :, index]), (level - 1) * (actual - cube[:, :, index]))[seen].sum()
        for index, level in enumerate(QUANTILE_LEVELS)
    ]
    return float(2 * np.mean(losses) / actual[seen].sum())


if __name__ == "__main__":
    sys.exit(main())
