"""Slow movement of demand: trends, drift, shifts, launches, ends."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from forecasting.pretraining.series.calendar import Calendar
from forecasting.pretraining.series.draws import Floats, autoregressive, log_uniform, one_of, some
from forecasting.pretraining.series.styles import Style


def level_logs(rng: Generator, count: int, length: int, style: Style, calendar: Calendar) -> Floats:
    """Logarithm of the level, 0 at a random period: trend with turns, random walk, shifts and short-lived noise."""
    time = np.arange(length)
    trend = some(rng, count, 0.6) * rng.normal(0, style.trend, (count, 1)) / calendar.year * time
    for _ in range(2):
        turn = rng.integers(0, length, (count, 1))
        change = some(rng, count, 0.3) * rng.normal(0, 1.7 * style.trend, (count, 1)) / calendar.year
        trend = trend + change * np.maximum(time - turn, 0)
    for _ in range(2):
        trend = trend + some(rng, count, 0.12) * rng.normal(0, 1.3 * style.trend, (count, 1)) * (
            time >= rng.integers(0, length, (count, 1))
        )
    drift = one_of(rng, count, style.drift, style.drift_shares) / np.sqrt(calendar.year)
    slow = trend + np.cumsum(drift * rng.standard_normal((count, length)), axis=1)
    slow = slow - np.take_along_axis(slow, rng.integers(0, length, (count, 1)), axis=1)
    memory = rng.uniform(0.5, 0.98, (count, 1))
    wander = one_of(rng, count, style.wander, style.wander_shares) * autoregressive(rng, length, memory)
    logs: Floats = np.clip(slow, -3, 3) + wander
    return logs


def life_factors(rng: Generator, count: int, length: int, style: Style, calendar: Calendar) -> Floats:
    """Factor of the product's life: steady, launched (NaN before), ending, in season only, off and on."""
    time = np.arange(length)
    kind = rng.choice(5, (count, 1), p=style.lives)
    start = rng.integers(0, length, (count, 1))
    age = time - start
    pace = log_uniform(rng, count, 10, 120) / calendar.days
    peak = np.where(some(rng, count, 0.5), rng.uniform(-0.7, 2, (count, 1)), -0.95)
    launched = np.where(age < 0, np.nan, 1 + peak * np.exp(-np.maximum(age, 0) / pace))
    fade = np.where(some(rng, count, 0.5), 0.0, 1.0)
    ending = np.where(age < 0, 1.0, fade * np.exp(-np.maximum(age, 0) / pace))
    season = (time / calendar.year + rng.random((count, 1))) % 1 < rng.uniform(0.15, 0.6, (count, 1))
    run = autoregressive(rng, length, 1 - 1 / np.maximum(pace, 1.5)) > rng.uniform(-1.2, 0.8, (count, 1))
    return np.choose(kind, [np.ones((count, length)), launched, ending, season.astype(float), run.astype(float)])
