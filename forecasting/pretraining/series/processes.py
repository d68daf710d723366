"""Series that no shop made: exponential smoothing, autoregression and sums of kernels, for breadth."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from forecasting.pretraining.series.calendar import Calendar
from forecasting.pretraining.series.draws import Floats, autoregressive, log_uniform, one_of, some

_FEATURES = 24


def exponential_smoothing(rng: Generator, count: int, length: int, calendar: Calendar) -> Floats:
    """Level, damped trend and season that learn from their own errors (Hyndman et al. 2008, ETS(A,Ad,A)).

    The noise is in proportion to the level in half of the series; negative values are cut off in half.
    """
    season = round(calendar.week if calendar.week > 1 else calendar.year)
    alpha, beta = rng.beta(1, 4, count), rng.beta(1, 12, count) * 0.3
    gamma, damping = rng.beta(1, 6, count) * some(rng, count, 0.7)[:, 0], rng.uniform(0.85, 1, count)
    level = np.exp(rng.uniform(0, 5, count))
    noise = level * np.exp(rng.uniform(np.log(0.02), np.log(0.6), count))
    relative, cut = some(rng, count, 0.5)[:, 0], some(rng, count, 0.7)[:, 0]
    trend = rng.normal(0, 0.3, count) * level / calendar.year * some(rng, count, 0.5)[:, 0]
    seasons = rng.standard_normal((count, season)) * (level * rng.choice([0, 0.1, 0.3, 0.6], count))[:, None]
    shocks = rng.standard_normal((count, length))
    start = level.copy()
    out = np.empty((count, length))
    for step in range(length):
        place = step % season
        error = noise * shocks[:, step] * np.where(relative, np.clip(level / start, 0.2, 5), 1)
        out[:, step] = level + damping * trend + seasons[:, place] + error
        level = level + damping * trend + alpha * error
        trend = damping * trend + alpha * beta * error
        seasons[:, place] += gamma * (1 - alpha) * error
    return np.where(cut[:, None], np.maximum(out, 0), out)


def seasonal_autoregression(rng: Generator, count: int, length: int, calendar: Calendar) -> Floats:
    """AR(1) × seasonal AR(1) around a mean, in logarithms or not, rounded to whole units in some series."""
    season = round(calendar.week if calendar.week > 1 else calendar.year)
    memory, yearly = rng.uniform(-0.2, 0.95, count), rng.uniform(0.0, 0.98, count)
    warm = 3 * season
    shocks = rng.standard_normal((count, length + warm))
    out = np.zeros((count, length + warm + season + 1))
    for step in range(length + warm):
        now = step + season + 1
        out[:, now] = (
            memory * out[:, now - 1]
            + yearly * out[:, now - season]
            - memory * yearly * out[:, now - season - 1]
            + shocks[:, step]
        )
    out = out[:, -length:]
    out = (out - out.mean(axis=1, keepdims=True)) / np.maximum(out.std(axis=1, keepdims=True), 1e-9)
    size = log_uniform(rng, count, 0.05, 0.8)
    values = log_uniform(rng, count, 1, 300) * np.where(some(rng, count, 0.6), np.exp(size * out), 1 + size * out)
    counted: Floats = np.where(some(rng, count, 0.4), np.maximum(np.round(values), 0), values)
    return counted


def kernels(rng: Generator, count: int, length: int, calendar: Calendar) -> Floats:
    """Sums and products of draws from periodic, smooth, linear and white kernels.

    After KernelSynth (Ansari et al. 2024, "Chronos: Learning the Language of Time Series").
    """
    time = np.arange(length)[None, :]
    usual = [calendar.week, calendar.month, calendar.year, calendar.year / 2, calendar.year / 4, 10, 24]
    periods = [period for period in usual if period > 2]
    out = np.zeros((count, length))
    for _ in range(3):
        period = rng.choice(periods, (count, 1))
        angle = 2 * np.pi * time / period
        wave = np.zeros((count, length))
        for harmonic in (1, 2, 3, 5):
            phase = rng.uniform(0, 2 * np.pi, (count, 1))
            wave += rng.standard_normal((count, 1)) / harmonic * np.sin(harmonic * angle + phase)
        size = rng.exponential(1, (count, 1)) * some(rng, count, 0.6)
        out = np.where(some(rng, count, 0.3), out * (1 + 0.5 * size * wave), out + size * wave)
    scale = log_uniform(rng, count, 0.02, 0.5) * length
    smooth = np.zeros((count, length))
    for _ in range(_FEATURES):  # random Fourier features of a squared-exponential kernel (Rahimi & Recht 2007)
        smooth += np.cos(rng.standard_normal((count, 1)) / scale * time + rng.uniform(0, 2 * np.pi, (count, 1)))
    out += smooth * np.sqrt(2 / _FEATURES) * rng.exponential(0.7, (count, 1)) * some(rng, count, 0.5)
    out += (
        np.cumsum(rng.standard_normal((count, length)), axis=1)
        * rng.exponential(0.8, (count, 1))
        * some(rng, count, 0.4)
        / np.sqrt(length)
    )
    out += rng.normal(0, 1.5, (count, 1)) * time / length * some(rng, count, 0.5)
    out += autoregressive(rng, length, one_of(rng, count, (0.0, 0.5, 0.9), (0.6, 0.25, 0.15))) * log_uniform(
        rng, count, 0.02, 1
    )
    return out * log_uniform(rng, count, 0.1, 100) + rng.normal(0, 5, (count, 1))
