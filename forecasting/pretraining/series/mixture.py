"""The mixture of kinds of series that a model is trained on, and how much of each the model gets to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.random import Generator

from forecasting.pretraining.series.calendar import CALENDARS, Calendar
from forecasting.pretraining.series.draws import Floats
from forecasting.pretraining.series.processes import exponential_smoothing, kernels, seasonal_autoregression
from forecasting.pretraining.series.retail import retail
from forecasting.pretraining.series.styles import (
    ECHO_WEEKLY,
    FORTNIGHT_DAILY,
    FRESH_DAILY,
    GROUP_WEEKLY,
    SKU_DAILY,
    SKU_WEEKLY,
    SLOW_DAILY,
    SPARE_MONTHLY,
    STORE_DAILY,
    Style,
)

Draw = Callable[[Generator, int, int], Floats]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of series and its share of the mixture; `longest` bounds the history that a model sees of it."""

    draw: Draw
    share: float
    shortest: int
    longest: int


def _retail(style: Style) -> Draw:
    return lambda rng, count, length: retail(rng, count, length, style)


def _broad(calendar: Calendar) -> Draw:
    def draw(rng: Generator, count: int, length: int) -> Floats:
        makers = (exponential_smoothing, seasonal_autoregression, kernels)
        counts = rng.multinomial(count, [0.4, 0.25, 0.35])
        return np.concatenate(
            [maker(rng, number, length, calendar) for maker, number in zip(makers, counts, strict=True)]
        )

    return draw


_DAY: Final = CALENDARS["day"]

MIXTURES: Final[dict[str, tuple[Source, ...]]] = {
    "daily": (
        Source(_retail(SKU_DAILY), 0.3, 14, 512),
        Source(_retail(SLOW_DAILY), 0.15, 14, 512),
        Source(_retail(STORE_DAILY), 0.23, 28, 512),
        Source(_retail(FRESH_DAILY), 0.17, 21, 120),
        Source(_broad(_DAY), 0.15, 14, 512),
    ),
    "daily_fortnights": (
        Source(_retail(SKU_DAILY), 0.26, 14, 512),
        Source(_retail(SLOW_DAILY), 0.13, 14, 512),
        Source(_retail(STORE_DAILY), 0.16, 28, 512),
        Source(_retail(FORTNIGHT_DAILY), 0.17, 42, 512),
        Source(_retail(FRESH_DAILY), 0.14, 21, 120),
        Source(_broad(_DAY), 0.07, 14, 512),
        Source(_broad(replace(_DAY, week=14)), 0.05, 42, 512),
        Source(_broad(replace(_DAY, week=28)), 0.02, 70, 512),
    ),
    "weekly": (
        Source(_retail(GROUP_WEEKLY), 0.45, 8, 208),
        Source(_retail(SKU_WEEKLY), 0.28, 8, 208),
        Source(_retail(SPARE_MONTHLY), 0.12, 8, 96),
        Source(_broad(CALENDARS["week"]), 0.1, 8, 208),
        Source(_broad(CALENDARS["month"]), 0.05, 8, 120),
    ),
    "weekly_echoes": (
        Source(_retail(ECHO_WEEKLY), 0.3, 60, 208),
        Source(_retail(GROUP_WEEKLY), 0.27, 8, 208),
        Source(_retail(SKU_WEEKLY), 0.21, 8, 208),
        Source(_retail(SPARE_MONTHLY), 0.11, 8, 96),
        Source(_broad(CALENDARS["week"]), 0.07, 8, 208),
        Source(_broad(CALENDARS["month"]), 0.04, 8, 120),
    ),
}


def simulate(rng: Generator, name: str, count: int, context: int, horizon: int) -> tuple[Floats, Floats]:
    """Series of a mixture, shuffled, cut into what the model sees and what it must forecast.

    Args:
        rng: Source of chance.
        name: A mixture.
        count: Series.
        context: Longest history; each series gets a history of its own length, NaN before.
        horizon: Periods to forecast.

    Returns:
        Histories (count, context) and futures (count, horizon), NaN where unknown.
    """
    sources = MIXTURES[name]
    counts = rng.multinomial(count, [source.share for source in sources])
    drawn = [_cut(rng, source, number, context, horizon) for source, number in zip(sources, counts, strict=True)]
    values = _mix_up(rng, np.concatenate(drawn))
    values = values[rng.permutation(count)]
    return values[:, :context], values[:, context:]


def _cut(rng: Generator, source: Source, count: int, context: int, horizon: int) -> Floats:
    """Series with histories of many lengths: a third the longest, a third rather long, a third of any length."""
    if count == 0:
        return np.empty((0, context + horizon))
    values = source.draw(rng, count, context + horizon)
    longest = min(source.longest, context)
    shortest = min(source.shortest, longest)
    any_length = np.exp(rng.uniform(np.log(shortest), np.log(longest), (count, 1)))
    rather_long = rng.uniform(0.4 * longest, longest, (count, 1))
    length = np.choose(rng.integers(0, 3, (count, 1)), [np.full((count, 1), longest), rather_long, any_length])
    return np.where(np.arange(context + horizon) < context - length, np.nan, values)


def _mix_up(rng: Generator, values: Floats) -> Floats:
    """Replace a fourteenth by convex combinations of three series at the same scale (TSMixup, Ansari et al. 2024)."""
    rows = np.flatnonzero(rng.random(len(values)) < 0.07)
    if not len(rows):
        return values
    known = np.isfinite(values)
    total = np.where(known, np.abs(values), 0.0).sum(axis=1, keepdims=True)
    scale = total / np.maximum(known.sum(axis=1, keepdims=True), 1)
    scaled = values / np.maximum(scale, 1e-6)
    partners = rng.integers(0, len(values), (len(rows), 3))
    weights = rng.dirichlet([1.5] * 3, len(rows))
    mixed = values.copy()
    mixed[rows] = sum(weights[:, [k]] * scaled[partners[:, k]] for k in range(3)) * rng.uniform(1, 50, (len(rows), 1))
    return mixed
