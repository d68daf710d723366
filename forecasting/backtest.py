"""Rolling-origin backtest: how every model, and their combination, would have done at past cutoffs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from forecasting.models.combination import NAME, combine
from forecasting.models.protocol import Forecaster
from forecasting.panel import Panel
from forecasting.segments import ALL
from forecasting.stacking import learn_weights
from forecasting.weights import Weights, prior
from forecasting.windows import Window, accuracy, open_window
from retail.errors import UnusableRequest
from retail.progress import Progress, silent
from retail.vocabulary import QUANTILE_LEVELS

SLOW_SERIES = 200
"""Series that a slow model is asked for."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a backtest found.

    Attributes:
        series: Series scored at some cutoff.
        cutoffs: Last known date of each window, ascending.
        season_length: Periods in a season; 1 where the history at the first cutoff is shorter than two.
        accuracy: Scores by model and segment, as in `fct_forecast_accuracy`.
        sample: The same for the series that slow models were asked for: theirs, the floors' and the combination's.
        dropped: Models that failed, with the reason.
        notes: What a reader should know of how it was done.
        weights: Weights learnt from all windows, for what comes after the last date.
    """

    series: int
    cutoffs: list[pd.Timestamp]
    season_length: int
    accuracy: list[dict[str, object]]
    sample: list[dict[str, object]]
    dropped: dict[str, str]
    notes: list[str]
    weights: Weights

    def as_dict(self) -> dict[str, object]:
        """The document that `tillsight backtest --json` prints."""
        slow = {row["model_name"] for row in self.sample} - {row["model_name"] for row in self.accuracy}
        whole = [*self.accuracy, *(row for row in self.sample if row["model_name"] in slow)]
        return {
            "series": self.series,
            "cutoffs": [cutoff.date().isoformat() for cutoff in self.cutoffs],
            "season_length": self.season_length,
            "models": [_scores(row) for row in whole if row["segment"] == ALL],
            "segments": [_scores(row) | {"segment": row["segment"]} for row in whole if row["segment"] != ALL],
            "sample": [_scores(row) for row in self.sample if row["segment"] == ALL],
            "dropped": self.dropped,
            "notes": self.notes,
        }


@dataclass
class _Tallies:
    by_model: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, model: str, sums: pd.DataFrame, seconds: float) -> None:
        self.by_model.setdefault(model, []).append(sums)
        self.seconds[model] = self.seconds.get(model, 0.0) + seconds

    def accuracy(self, rows: set[int] | None = None) -> list[dict[str, object]]:
        whole = {model: pd.concat(sums) for model, sums in self.by_model.items()}
        if rows is not None:
            whole = {model: sums[sums["row"].isin(rows)] for model, sums in whole.items()}
        return accuracy(whole, self.seconds)


def backtest(
    panel: Panel,
    models: Sequence[Forecaster],
    *,
    horizon: int | None = None,
    windows: int = 4,
    slow: Sequence[Forecaster] = (),
    levels: Sequence[float] = QUANTILE_LEVELS,
    progress: Progress = silent,
) -> Backtest:
    """Forecast from `windows` past cutoffs, one horizon apart, the last one a horizon before the panel's end.

    The combination's weights at a cutoff come from earlier cutoffs only. For the first one that is a further window
    before it, not scored; where the history is too short for that, the shipped prior.

    Args:
        panel: History with what happened; scored where demand was seen.
        models: Models to score and combine.
        horizon: Periods ahead; null takes the frequency's.
        windows: Cutoffs wanted; fewer are used, and a note says so, where the history is short.
        slow: Models to score on a seeded sample of `SLOW_SERIES` series, outside the combination.
        levels: Quantile levels, ascending, with 0.1, 0.5 and 0.9.
        progress: Told by each model.

    Raises:
        UnusableRequest: The history is not longer than one horizon, or no window is asked for.
        ForecastError: Every model failed.
    """
    horizon = horizon or panel.frequency.horizon
    ends, warm_up, notes = _ends(panel, horizon, windows)
    past: list[Window] = []
    tallies, sample_tallies, dropped = _Tallies(), _Tallies(), dict[str, str]()
    if warm_up:
        past.append(open_window(panel, warm_up, horizon, models, levels, progress))
    chosen = np.sort(np.random.default_rng(0).permutation(len(panel))[:SLOW_SERIES])
    for end in ends:
        window = open_window(panel, end, horizon, models, levels, progress)
        _score(window, past, tallies)
        past.append(window)
        dropped |= window.members.dropped
        if slow:
            sampled = open_window(panel.take(chosen), end, horizon, slow, levels, progress)
            dropped |= sampled.members.dropped
            for name, cube in sampled.members.cubes.items():
                sums = sampled.tally(cube)
                sample_tallies.add(name, sums.assign(row=chosen[sums["row"]]), sampled.members.seconds[name])
    sample = sample_tallies.accuracy() + tallies.accuracy(set(chosen.tolist())) if slow else []
    scored = {row for sums in tallies.by_model[NAME] for row in sums["row"]}
    return Backtest(
        series=len(scored),
        cutoffs=[panel.dates[end - 1] for end in ends],
        season_length=panel.frequency.season(int(panel.until(ends[0]).history.max(initial=0))),
        accuracy=tallies.accuracy(),
        sample=sample,
        dropped=dropped,
        notes=notes,
        weights=_weights(past),
    )


def _ends(panel: Panel, horizon: int, windows: int) -> tuple[list[int], int, list[str]]:
    length = len(panel.dates)
    possible = (length - 1) // horizon
    if windows < 1 or possible < 1:
        raise UnusableRequest(
            f"A backtest of {windows} windows of {horizon} periods needs a longer history than {length} periods; "
            "ask for a shorter horizon, or at least one window."
        )
    used = min(windows, possible)
    notes = [f"The history of {length} periods holds {used} windows, not {windows}."] if used < windows else []
    ends = [length - horizon * (used - number) for number in range(used)]
    warm_up = max(0, ends[0] - horizon)
    if not warm_up:
        notes.append(
            "The first window's combination uses the shipped weights: there is no earlier window to learn from."
        )
    return ends, warm_up, notes


def _score(window: Window, past: Sequence[Window], tallies: _Tallies) -> None:
    for name, cube in window.members.cubes.items():
        tallies.add(name, window.tally(cube), window.members.seconds[name])
    started = time.perf_counter()
    combined, _ = combine(window.members, window.history, _weights(past))
    seconds = time.perf_counter() - started + sum(window.members.seconds.values())
    tallies.add(NAME, window.tally(combined), seconds)


def _weights(past: Sequence[Window]) -> Weights:
    """Weights of the models that answered in every past window; the prior where there is none."""
    shared = set.intersection(*(set(window.members.cubes) for window in past)) if past else set()
    names = [name for name in past[0].members.cubes if name in shared] if past else []
    return learn_weights(past, names) if names else prior()


def _scores(row: dict[str, object]) -> dict[str, object]:
    return {
        "model": row["model_name"],
        **{name: row[name] for name in ("wql", "mase", "wape", "bias")},
        "coverage": {"0.1": row["coverage_10"], "0.9": row["coverage_90"]},
        "seconds": row["seconds"],
        "series": row["series"],
    }
