"""Rolling-origin backtest: how every model, and their combination, would have done at past cutoffs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from forecasting.calibration import Calibration
from forecasting.coverage import Coverage
from forecasting.learning import SERIES, Past
from forecasting.models.combination import NAME, combine
from forecasting.models.protocol import Forecaster
from forecasting.panel import Panel
from forecasting.segments import ALL
from forecasting.weights import Weights
from forecasting.windows import Window, accuracy, accuracy_by_place, open_window
from retail.errors import UnusableRequest
from retail.progress import Progress, silent
from retail.vocabulary import QUANTILE_LEVELS

SLOW_SERIES = 200
"""Series that a slow model is asked for."""
WARM_UP = 2
"""Windows before the first cutoff, not scored, that weights and calibration are learnt from."""
_SEASON_BEFORE = (0, 2)
"""Scored windows whose time of the year, a year before, is learnt from too, so that a peak season is no surprise."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a backtest found.

    Attributes:
        series: Series scored at some cutoff.
        cutoffs: Last known date of each window, ascending.
        season_length: Periods in a season; 1 where the history at the first cutoff is shorter than two.
        accuracy: Scores by model and segment, as in `fct_forecast_accuracy`; the combination's by place too.
        sample: The same for the series that slow models were asked for: theirs, the floors' and the combination's.
        totals: How often demand over several periods stayed at or below its quantiles, by segment and length.
        dropped: Models that failed, with the reason.
        notes: What a reader should know of how it was done.
        weights: Weights learnt from all windows, for what comes after the last date.
        calibration: Calibration of totals learnt from all windows, likewise.
        windows: Scores of the combination by cutoff (`cutoff_date`) and segment: how much windows vary.
        tallies: Sums of every model's scores, a row per series and window (see `scores.tally`), with its `cutoff_date`.
    """

    series: int
    cutoffs: list[pd.Timestamp]
    season_length: int
    accuracy: list[dict[str, object]]
    sample: list[dict[str, object]]
    totals: list[dict[str, object]]
    dropped: dict[str, str]
    notes: list[str]
    weights: Weights
    calibration: Calibration
    windows: list[dict[str, object]]
    tallies: dict[str, pd.DataFrame]

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
            "totals": self.totals,
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

    def whole(self) -> dict[str, pd.DataFrame]:
        return {model: pd.concat(sums) for model, sums in self.by_model.items()}

    def accuracy(self, rows: set[int] | None = None) -> list[dict[str, object]]:
        whole = self.whole()
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

    The combination's weights and the calibration of totals at a cutoff come from earlier cutoffs only. Before the
    first one those are further windows, not scored, on a sample of the series: the `WARM_UP` just before it, and a year
    before some of the scored ones; where the history is too short for any, what is shipped.

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
    past, coverage = Past(panel.frequency.code), Coverage(panel.frequency.code)
    tallies, sample_tallies, dropped = _Tallies(), _Tallies(), dict[str, str]()
    for end in warm_up:
        past.add(open_window(panel.sample(SERIES), end, horizon, models, levels, progress))
    chosen = np.sort(np.random.default_rng(0).permutation(len(panel))[:SLOW_SERIES])
    for end in ends:
        window = open_window(panel, end, horizon, models, levels, progress)
        _score(window, past, tallies, coverage)
        dropped |= window.members.dropped
        if slow:
            sampled = open_window(panel.take(chosen), end, horizon, slow, levels, progress)
            dropped |= sampled.members.dropped
            for name, cube in sampled.members.cubes.items():
                sums = sampled.tally(cube)
                sample_tallies.add(name, sums.assign(row=chosen[sums["row"]]), sampled.members.seconds[name])
    whole = tallies.whole()
    learnt = past.learn([name for name in whole if name != NAME])
    return Backtest(
        series=int(whole[NAME]["row"].nunique()),
        cutoffs=[panel.dates[end - 1] for end in ends],
        season_length=panel.frequency.season(int(panel.until(ends[0]).history.max(initial=0))),
        accuracy=tallies.accuracy() + accuracy_by_place(NAME, whole[NAME], panel.series),
        sample=sample_tallies.accuracy() + tallies.accuracy(set(chosen.tolist())) if slow else [],
        totals=coverage.rows(),
        dropped=dropped,
        notes=notes,
        weights=learnt.weights,
        calibration=learnt.calibration,
        windows=_by_window(whole[NAME]),
        tallies=whole,
    )


def _ends(panel: Panel, horizon: int, windows: int) -> tuple[list[int], list[int], list[str]]:
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
    wanted = [ends[0] - horizon * number for number in range(1, WARM_UP + 1)]
    wanted += [ends[number] - panel.frequency.year for number in _SEASON_BEFORE if number < used]
    warm_up = sorted({end for end in wanted if 0 < end <= ends[0] - horizon and panel.until(end).observed.any()})
    if not warm_up:
        notes.append(
            "The first window's combination uses the shipped weights: there is no earlier window to learn from."
        )
    return ends, warm_up, notes


def _by_window(sums: pd.DataFrame) -> list[dict[str, object]]:
    return [
        row | {"cutoff_date": cutoff}
        for cutoff, group in sums.groupby("cutoff_date")
        for row in accuracy({NAME: group}, {})
    ]


def _score(window: Window, past: Past, tallies: _Tallies, coverage: Coverage) -> None:
    """Score every model and the combination, and remember the window for the next ones."""
    cutoff_date = window.history.dates[-1].date().isoformat()
    for name, cube in window.members.cubes.items():
        tallies.add(name, window.tally(cube).assign(cutoff_date=cutoff_date), window.members.seconds[name])
    started = time.perf_counter()
    learnt = past.learn(list(window.members.cubes))
    combined, _ = combine(window.members, window.history, learnt.weights)
    seconds = time.perf_counter() - started + sum(window.members.seconds.values())
    tallies.add(NAME, window.tally(combined).assign(cutoff_date=cutoff_date), seconds)
    past.add(window)
    coverage.add(past.windows[-1], learnt)


def _scores(row: dict[str, object]) -> dict[str, object]:
    return {
        "model": row["model_name"],
        **{name: row[name] for name in ("wql", "mase", "mae", "rmse", "wape", "mape", "bias")},
        "coverage": {"0.1": row["coverage_10"], "0.9": row["coverage_90"]},
        "seconds": row["seconds"],
        "series": row["series"],
    }
