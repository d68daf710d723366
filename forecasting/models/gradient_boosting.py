"""LightGBM quantile regression over all series at once: the one model that learns from covariates across a shop.

lightgbm is used directly. mlforecast, which wraps it, forecasts step by step from its own predictions, which has no
meaning for quantiles, or trains a model per step and level: 252 boosters for 28 days. Here the number of periods ahead
is a feature, so that one booster per level serves every step, and every second level lies half-way between its
neighbours: no worse, at nearly half the time.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.models.design import design
from forecasting.models.features import Features
from forecasting.models.protocol import Cube, to_table
from forecasting.models.running import Floats, Rows
from forecasting.panel import Mask, Panel
from retail.errors import ForecastError
from retail.progress import Progress, silent

log = logging.getLogger(__name__)

_ROWS = 150_000
_FEWEST_ROWS = 300
_ROWS_FOR_THREADS = 50_000
"""Rows below which threads wait for each other longer than they work."""
_ORIGINS = 16
_HISTORY = {"D": 3 * 364, "W": 5 * 52, "M": 10 * 12}
_PREDICT_ROWS = 200_000
_ROUNDS = 120
_PARAMETERS: dict[str, Any] = {
    "objective": "quantile",
    "learning_rate": 0.06,
    "num_leaves": 24,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "max_bin": 127,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


class GradientBoosting:
    """LightGBM boosters of quantile levels over rows of (series, origin, period ahead), see `Features`.

    Trained anew at each call, on open periods with seen demand, from a seeded sample of rows of the newest origins.
    Demand is divided by the row's scale, and a row counts as much as its scale, so that the loss is that of units.

    Args:
        threads: Processor threads.
        seed: Of the sample and of the trees.
    """

    name = "lightgbm"

    def __init__(self, threads: int = 1, seed: int = 0) -> None:
        self.threads = threads
        self.seed = seed

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`.

        Raises:
            ForecastError: lightgbm cannot be used here, ran out of memory, or the history is too short to learn from.
        """
        recent = panel.between(max(0, len(panel.dates) - _HISTORY[panel.frequency.code]), len(panel.dates))
        try:
            return self._predict(recent, horizon, quantile_levels, progress)
        except (ImportError, OSError, MemoryError) as error:
            raise ForecastError(
                f"LightGBM cannot be used: {error!r}. It is left out of the forecast; it needs the system's OpenMP "
                "library (libgomp) and enough free memory."
            ) from error

    def _predict(self, panel: Panel, horizon: int, levels: Sequence[float], progress: Progress) -> pd.DataFrame:
        # Threads that wait would spin, and on busy cores take most of the time from those that work.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        import lightgbm

        features = Features(panel, horizon)
        closed = design(panel, horizon).closed
        seen = np.isfinite(panel.y) & ~closed[:, : len(panel.dates)]
        table, target, weight = _training(panel, features, seen, horizon, np.random.default_rng(self.seed))
        if len(target) < _FEWEST_ROWS:
            raise ForecastError(
                f"{len(target)} past periods are too few for LightGBM to learn from ({_FEWEST_ROWS} at least). "
                "It is left out of the forecast; the other models serve."
            )
        data = lightgbm.Dataset(table, target, weight=weight, params=_PARAMETERS, free_raw_data=False)
        threads = self.threads if len(target) >= _ROWS_FOR_THREADS else 1
        trained = levels[::2] if len(levels) % 2 else levels
        boosters = []
        for number, level in enumerate(trained):
            progress(self.name, number, len(trained))
            parameters = _PARAMETERS | {"alpha": level, "seed": self.seed, "num_threads": threads}
            boosters.append(lightgbm.train(parameters, data, num_boost_round=_ROUNDS))
        cube = self._answer(panel, features, boosters, horizon)
        cube[closed[:, len(panel.dates) :]] = 0
        progress(self.name, len(trained), len(trained))
        return to_table(panel, _between(cube, trained, levels), levels)

    def _answer(self, panel: Panel, features: Features, boosters: Sequence[Any], horizon: int) -> Cube:
        origin = len(panel.dates)
        cube = np.empty((len(panel), horizon, len(boosters)), dtype=np.float32)
        batch = max(1, _PREDICT_ROWS // horizon)
        for start in range(0, len(panel), batch):
            series = np.arange(start, min(start + batch, len(panel)))
            rows, steps = np.repeat(series, horizon), np.tile(np.arange(horizon), len(series))
            table, scale = features.table(origin, rows, steps), features.scale(origin, rows, steps)
            for number, booster in enumerate(boosters):
                answer = booster.predict(table, num_threads=self.threads) * scale
                cube[series, :, number] = answer.reshape(len(series), horizon)
        return np.sort(np.maximum(cube, 0), axis=-1)


def _between(cube: Cube, trained: Sequence[float], levels: Sequence[float]) -> Cube:
    """Quantiles at all levels: those trained, and in between them straight lines."""
    place = np.interp(levels, trained, np.arange(len(trained)))
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, len(trained) - 1)
    return np.asarray(cube[..., low] + (cube[..., high] - cube[..., low]) * (place - low), dtype=np.float32)


def _training(
    panel: Panel, features: Features, seen: Mask, horizon: int, generator: np.random.Generator
) -> tuple[Floats, NDArray[np.float64], NDArray[np.float64]]:
    """Features, scaled demand and weight of a sample of rows from past origins.

    Of a short history the last third alone is looked ahead to; periods further ahead than that are taken for its last.
    """
    horizon = max(1, min(horizon, len(panel.dates) // 3))
    origins = _origins(len(panel.dates), horizon, panel.frequency.new_below)
    tables, targets, weights = [], [], []
    for origin in origins:
        rows, steps = _cells(panel, seen, origin, horizon, _ROWS // len(origins), generator)
        if not len(rows):
            continue
        scale = features.scale(origin, rows, steps)
        tables.append(features.table(origin, rows, steps))
        targets.append(panel.y[rows, origin + steps] / scale)
        weights.append(scale)
    if not tables:
        nothing = np.empty(0)
        return np.empty((0, 1), dtype=np.float32), nothing, nothing
    return np.concatenate(tables), np.concatenate(targets), np.concatenate(weights)


def _origins(length: int, horizon: int, shortest: int) -> list[int]:
    """Past origins with a whole horizon after them, newest first, half a horizon apart."""
    step = max(1, horizon // 2)
    return list(range(length - horizon, min(shortest, length // 2), -step))[:_ORIGINS]


def _cells(
    panel: Panel, seen: Mask, origin: int, horizon: int, most: int, generator: np.random.Generator
) -> tuple[Rows, Rows]:
    """A sample of the seen cells after an origin, of series with some history before it."""
    usable = seen[:, origin : origin + horizon].copy()
    usable &= seen[:, :origin].sum(axis=1, keepdims=True) >= min(panel.frequency.new_below, origin // 2)
    rows, steps = np.nonzero(usable)
    if len(rows) > most:
        kept = np.sort(generator.permutation(len(rows))[:most])
        rows, steps = rows[kept], steps[kept]
    return rows, steps
