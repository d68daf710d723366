"""Forecasts from one moment after another: the models' answers, their combination, and sample paths from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecasting.models.combination import combine
from forecasting.models.protocol import Forecaster
from forecasting.models.registry import backtest_models
from forecasting.panel import Panel
from forecasting.replenishment.replay.look_ahead import Paths
from forecasting.stacking import learn_weights
from forecasting.totals import Dependence, Marginals, marginals, sample_paths
from forecasting.weights import Weights, prior
from forecasting.windows import Window, open_window
from retail.progress import Progress, silent
from retail.settings import Settings
from retail.vocabulary import QUANTILE_LEVELS

PATHS = 200
_TOO_SLOW = frozenset({"lightgbm", "theta", "adida"})
"""Models that take longer to ask than a replay, which asks dozens of times, can wait."""


def replay_models(settings: Settings, panel: Panel) -> list[Forecaster]:
    """The models of a backtest that can be asked again every period."""
    from forecasting.models.pooled_seasonality import PooledSeasonality

    usual = [model for model in backtest_models(settings, panel.frequency) if model.name not in _TOO_SLOW]
    return [*usual, PooledSeasonality()]


@dataclass
class RollingForecasts:
    """Forecasts of one panel from any of its moments, each made once, from what was known then.

    Attributes:
        panel: The whole history, the hold-out included.
        models: Models to ask.
        horizon: Periods ahead.
        weights: How the models are combined.
        progress: Told of past moments.
        notes: Models that failed, with the reason.
    """

    panel: Panel
    models: Sequence[Forecaster]
    horizon: int
    weights: Weights = field(default_factory=prior)
    progress: Progress = silent
    notes: list[str] = field(default_factory=list)
    _kept: dict[int, tuple[NDArray[np.int64], Marginals]] = field(default_factory=dict)

    def learn(self, ends: Sequence[int]) -> None:
        """Weigh the models by what they said at past moments, whose horizons are over before the hold-out."""
        windows = {}
        for number, end in enumerate(ends):
            windows[end] = self._ask(end)
            self.progress("forecasting past moments", number + 1, len(ends), "moments")
        names = set.intersection(*(set(window.members.cubes) for window in windows.values()))
        self.weights = learn_weights(
            list(windows.values()), [model.name for model in self.models if model.name in names]
        )
        for end, window in windows.items():
            self._kept[end] = self._combined(window)

    def paths(self, end: int) -> Paths:
        """Sample paths of the demand after the first `end` periods; zero for series that have not started."""
        if end not in self._kept:
            self._kept[end] = self._combined(self._ask(end))
        rows, marginal = self._kept[end]
        paths = np.zeros((PATHS, len(self.panel), self.horizon), dtype=np.float32)
        paths[:, rows] = sample_paths(marginal, Dependence(), PATHS, seed=end)
        return paths

    def _ask(self, end: int) -> Window:
        window = open_window(self.panel, end, self.horizon, self.models, QUANTILE_LEVELS)
        for name, reason in window.members.dropped.items():
            note = f"{name} was left out: {reason}"
            if note not in self.notes:
                self.notes.append(note)
        return window

    def _combined(self, window: Window) -> tuple[NDArray[np.int64], Marginals]:
        cube, _ = combine(window.members, window.history, self.weights)
        return window.rows, marginals(cube, window.history, QUANTILE_LEVELS)
