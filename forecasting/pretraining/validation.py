"""Two sets of series that training never sees: one of the training's own simulator, one of another process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from forecasting.pretraining.config import Config
from forecasting.pretraining.series.mixture import simulate
from forecasting.scores import pinball, seasonal_scale
from retail.vocabulary import QUANTILE_LEVELS

if TYPE_CHECKING:
    from chronos.chronos_bolt import ChronosBoltModelForForecasting

Floats = NDArray[np.float64]
_SERIES = 384
_SEASON = {"daily": 7, "weekly": 52}
_HORIZON = {"daily": 28, "weekly": 8}


class Validation:
    """Scores of a model on both sets; they are the same for every run of one mixture."""

    def __init__(self, config: Config) -> None:
        shape = config.shape
        self.mixture = config.mixture
        rng = np.random.default_rng([20_261_120, len(config.mixture)])
        self.sets = {
            "same": simulate(rng, config.mixture, _SERIES, shape.context_length, shape.prediction_length),
            "other": other_process(rng, config.mixture, _SERIES, shape.context_length, shape.prediction_length),
        }

    def score(self, model: ChronosBoltModelForForecasting) -> dict[str, float]:
        """Mean quantile loss per series over its seasonal difference, at most 5 a series; lower is better."""
        import torch

        horizon = _HORIZON[self.mixture]
        found = {}
        for name, (history, future) in self.sets.items():
            with torch.no_grad():
                context = torch.from_numpy(history.astype(np.float32))
                parts = torch.split(context, 64)
                answer = torch.cat([model(context=part).quantile_preds for part in parts])
            cube = np.sort(answer.float().numpy().astype(np.float64)[:, :, :horizon].transpose(0, 2, 1), axis=-1)
            found[name] = scaled_loss(history, future[:, :horizon], cube, _SEASON[self.mixture])
        return found


def scaled_loss(history: Floats, future: Floats, cube: Floats, season: int) -> float:
    """Twice the mean pinball loss of each series over its mean absolute seasonal difference, averaged.

    Shapes: history (series, periods), future (series, horizon), cube (series, horizon, levels).
    """
    known = np.isfinite(history).sum(axis=1)
    scale = seasonal_scale(history, np.where(known >= 2 * season, season, 1))
    seen = np.isfinite(future)
    loss = 2 * np.where(seen, pinball(future, cube, QUANTILE_LEVELS), 0.0).sum(axis=1)
    ratio = np.minimum(loss / np.maximum(seen.sum(axis=1), 1) / scale, 5)
    ratio = np.where(seen.any(axis=1), ratio, np.nan)
    return float(np.nanmean(ratio))


def other_process(rng: Generator, mixture: str, count: int, context: int, horizon: int) -> tuple[Floats, Floats]:
    """Shops by another recipe: additive weekdays, random walk, bell-shaped yearly bumps, beats of promotions, baskets.

    Shares no code with `series`. Shapes as `simulate`.
    """
    length = context + horizon
    year, step = (364, 1.0) if mixture == "daily" else (52, 7.0)
    time = np.arange(length)
    values = np.empty((count, length))
    for row in range(count):
        level = np.exp(rng.uniform(np.log(0.5), np.log(80)) + (0 if mixture == "daily" else 1.5))
        walk = np.exp(np.cumsum(rng.normal(0, rng.choice([0.004, 0.012, 0.025]) * np.sqrt(step) / 1.5, length)))
        weekday = rng.normal(0, rng.choice([0.1, 0.3, 0.5]), 7) if mixture == "daily" else np.zeros(7)
        mean = level * walk * (1 + weekday - weekday.mean())[time % 7]
        for _ in range(rng.integers(0, 4)):
            centre, width = rng.uniform(0, year), rng.uniform(3, 25) / step
            away = (time - centre + year / 2) % year - year / 2
            mean = mean * (1 + rng.uniform(-0.4, 1.5) * np.exp(-0.5 * (away / width) ** 2))
        if rng.random() < 0.4:
            beat = int(rng.integers(20, 60) / step) + 2
            mean = mean * np.where(time % beat < max(1, int(rng.integers(2, 7) / step)), rng.uniform(1.3, 2.5), 1)
        basket = rng.choice([1.0, 2.0, 3.0])
        buyers = rng.poisson(np.maximum(mean, 0.02) / basket)
        values[row] = buyers + rng.poisson(buyers * (basket - 1))
        late = int(rng.integers(0, context - 21))
        start = int(rng.choice([0, 0, late]))
        values[row, :start] = np.nan
    return values[:, :context], values[:, context:]
