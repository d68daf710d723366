"""The evaluation of a run: the last weeks forecast from before them, to show how good the forecasts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from forecasting import scores
from forecasting.models.combination import NAME, in_whole_units
from forecasting.models.protocol import Forecaster
from forecasting.panel import Mask, Panel
from forecasting.serving import served
from forecasting.weights import Weights
from forecasting.windows import accuracy, accuracy_by_place, open_window
from retail.progress import Progress
from retail.vocabulary import QUANTILE_LEVELS

EVALUATION_DAYS = 28
"""The last days of the history, held back to forecast them."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good the last days would have been, forecast from before them.

    Attributes:
        per_series: Scores of the combination, a row per series of the panel; NaN for a series that was new then.
        accuracy: Scores by model and segment, as in `fct_forecast_accuracy`.
        dropped: Models that failed, with the reason.
        cutoff_date: Last day that these forecasts knew.
    """

    per_series: pd.DataFrame
    accuracy: list[dict[str, object]]
    dropped: dict[str, str]
    cutoff_date: date


def evaluate(
    panel: Panel, models: Sequence[Forecaster], weights: Weights, only: Mapping[str, Mask], progress: Progress
) -> Evaluation:
    """Forecast the last 28 days from before them. Series that were new then have no scores of their own.

    Args:
        panel: Everything known; the last `EVALUATION_DAYS` are held back.
        models: Models to ask.
        weights: Weights of the combination.
        only: Series that a model is asked for, by model name.
        progress: Told by each model.

    Raises:
        ForecastError: Every model failed.
    """
    nothing = pd.DataFrame(index=range(len(panel)), columns=list(scores.SCORES), dtype=float)
    end = len(panel.dates) - EVALUATION_DAYS
    cutoff_date = panel.dates[max(end, 1) - 1].date()
    if end < 1 or not (panel.until(end).observed > 0).any():
        return Evaluation(nothing, [], {}, cutoff_date)
    window = open_window(panel, end, EVALUATION_DAYS, models, QUANTILE_LEVELS, progress, only)
    combined, _ = served(window.members, window.history, weights)
    tallies = {name: window.tally(cube) for name, cube in window.members.cubes.items()}
    tallies[NAME] = window.tally(in_whole_units(combined, window.history))
    seconds = window.members.seconds | {NAME: sum(window.members.seconds.values())}
    sums = tallies[NAME]
    known = sums[window.history.observed[np.searchsorted(window.rows, sums["row"])] >= panel.frequency.new_below]
    per_series = scores.per_series(known).set_index(known["row"]).reindex(range(len(panel)))
    by_place = accuracy_by_place(NAME, sums, panel.series)
    return Evaluation(per_series, accuracy(tallies, seconds) + by_place, window.members.dropped, cutoff_date)
