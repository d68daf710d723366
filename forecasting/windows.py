"""One rolling-origin window: what was known at a cutoff, what each model said, and what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting import scores
from forecasting.models.combination import Members, predict_members
from forecasting.models.protocol import Cube, Forecaster
from forecasting.panel import Mask, Panel
from forecasting.panel.correction import correct
from forecasting.segments import ALL, segments
from retail.progress import Progress, silent

PLACES = 30
"""Stores, and categories, whose accuracy is told."""


@dataclass(frozen=True, slots=True)
class Window:
    """A cutoff of a panel and what every model forecast from it.

    Attributes:
        rows: Number of each series in the whole panel; those that had not started are absent.
        history: The panel up to the cutoff, demand out of stock estimated from what was known then,
            where it is known how much of each period was served; else that demand is unknown.
        actual: What happened after it, NaN where unseen. Shape (series, horizon).
        segments: Segment of each series at the cutoff.
        scale: Mean absolute seasonal difference of each history.
        members: What the models said.
        levels: Quantile levels.
    """

    rows: NDArray[np.int64]
    history: Panel
    actual: NDArray[np.float64]
    segments: NDArray[np.str_]
    scale: NDArray[np.float64]
    members: Members
    levels: tuple[float, ...]

    def sampled(self, most: int) -> Window:
        """The window of a seeded sample of its series, in the same order."""
        numbers = np.sort(np.random.default_rng(0).permutation(len(self.rows))[:most])
        members = Members(
            {name: cube[numbers] for name, cube in self.members.cubes.items()},
            self.members.dropped,
            self.members.seconds,
        )
        return replace(
            self,
            rows=self.rows[numbers],
            history=self.history.take(numbers),
            actual=self.actual[numbers],
            segments=self.segments[numbers],
            scale=self.scale[numbers],
            members=members,
        )

    def tally(self, cube: Cube) -> pd.DataFrame:
        """Sums per series of one model's scores (see `scores.tally`), with `row` and `segment`."""
        answered = np.asarray(np.isfinite(cube).all(axis=(1, 2)))
        sums = scores.tally(
            np.where(answered[:, None], self.actual, np.nan), cube.astype(np.float64), self.levels, self.scale
        )
        sums.insert(0, "row", self.rows)
        sums.insert(1, "segment", self.segments)
        return sums[sums["periods"] > 0]


def open_window(
    panel: Panel,
    end: int,
    horizon: int,
    models: Sequence[Forecaster],
    levels: Sequence[float],
    progress: Progress = silent,
    only: Mapping[str, Mask] | None = None,
) -> Window:
    """Forecast `horizon` periods from after the first `end` ones of the panel, by every model.

    Args:
        panel: The whole panel, at least `end + horizon` periods long.
        end: Periods that are known.
        horizon: Periods to forecast.
        models: Models to ask.
        levels: Quantile levels.
        progress: Told by each model.
        only: Series of the whole panel that a model is asked for, by model name.

    Raises:
        ForecastError: Every model failed.
    """
    known = panel.until(end)
    rows = np.flatnonzero(known.observed > 0)
    history = known.take(rows)
    if history.availability is not None:
        history = correct(history)
    limits = {name: mask[rows] for name, mask in (only or {}).items()}
    season = np.array([panel.frequency.season(int(length)) for length in history.history], dtype=np.int64)
    return Window(
        rows,
        history,
        panel.y[rows, end : end + horizon].astype(np.float64),
        segments(history),
        scores.seasonal_scale(history.y.astype(np.float64), season),
        predict_members(models, history, horizon, levels, progress, limits),
        tuple(levels),
    )


def accuracy(tallies: Mapping[str, pd.DataFrame], seconds: Mapping[str, float]) -> list[dict[str, object]]:
    """Scores by model and segment, `all` first: rows of `fct_forecast_accuracy`. Seconds are the whole model's."""
    rows: list[dict[str, object]] = []
    for model, sums in tallies.items():
        rows.append(_row(model, ALL, sums) | {"seconds": seconds.get(model)})
        rows += [_row(model, str(name), group) for name, group in sums.groupby("segment")]
    return rows


def accuracy_by_place(model: str, sums: pd.DataFrame, series: pd.DataFrame) -> list[dict[str, object]]:
    """Scores of one model by store and by category (segments `store:…` and `category:…`), those with the most units.

    Args:
        model: Name of the model.
        sums: Its tally, with the number of the series in the column `row`.
        series: The panel's series.
    """
    rows: list[dict[str, object]] = []
    for kind, column in (("store", "store_id"), ("category", "category")):
        if column in series.columns:
            place = sums["row"].map(series[column])
            biggest = sums["units"].groupby(place).sum().nlargest(PLACES).index
            rows += [_row(model, f"{kind}:{name}", sums[place == name]) for name in biggest]
    return rows


def _row(model: str, segment: str, sums: pd.DataFrame) -> dict[str, object]:
    return {
        "model_name": model,
        "segment": segment,
        "series": int(sums["row"].nunique()),
        **scores.summarise(sums),
        "seconds": None,
    }
