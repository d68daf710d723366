"""What comes and goes: promotions, days out of stock, unknown days, single big orders."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from forecasting.pretraining.series.calendar import Calendar
from forecasting.pretraining.series.draws import Flags, Floats, log_uniform, some
from forecasting.pretraining.series.styles import Style

_MOST_EVENTS = 128


def episodes(length: int, starts: Floats, durations: Floats, sizes: Floats) -> Floats:
    """Sum of the sizes of the episodes that run in each period.

    Args:
        length: Periods.
        starts: First period of each episode; those outside the range count as far as they reach into it.
        durations: Periods that each lasts. All three have shape (series, episodes).
        sizes: What each adds.
    """
    count = len(starts)
    change = np.zeros((count, length + 1))
    row = np.broadcast_to(np.arange(count)[:, None], starts.shape)
    first = np.clip(np.round(starts), 0, length).astype(np.int64)
    last = np.clip(np.round(starts) + np.maximum(np.round(durations), 1), 0, length).astype(np.int64)
    np.add.at(change, (row, first), sizes)
    np.add.at(change, (row, last), -sizes)
    return np.cumsum(change[:, :-1], axis=1)


def promotion_logs(rng: Generator, count: int, length: int, style: Style, calendar: Calendar) -> Floats:
    """Logarithm of the lift: none, at irregular times, at a regular beat or on the first days of alternate weeks."""
    kind = rng.choice(4, (count, 1), p=style.promotions)
    shape = (count, _MOST_EVENTS)
    mean_gap = log_uniform(rng, count, 20, 150) / calendar.days
    irregular = np.maximum(rng.exponential(1, shape) * mean_gap, 3 / calendar.days + 1)
    beat = rng.choice([14, 21, 28, 30.44, 35, 42, 56, 91], (count, 1)) / calendar.days
    gap = np.choose(
        kind, [irregular, irregular, np.maximum(beat, 2) + 0 * irregular, 14 / calendar.days + 0 * irregular]
    )
    if style.slips:
        slip = rng.choice([-7, 7], shape) * (rng.random(shape) < style.slips) * some(rng, count, 0.5)
        gap = gap + (kind == 3) * slip / calendar.days
    start = rng.uniform(-1, 1, (count, 1)) * gap[:, :1] + np.cumsum(gap, axis=1) - gap
    duration = rng.choice([2, 3, 5, 6, 7, 7, 10, 14], (count, 1)) / calendar.days
    duration = np.where(kind == 3, 5 / calendar.days, duration) + 0 * gap
    held = rng.random(shape) < np.where(kind == 1, 1.0, rng.choice([0.7, 0.9, 1.0], (count, 1)))
    lift = np.log(log_uniform(rng, count, *style.lift)) * np.exp(0.25 * rng.standard_normal(shape))
    lift = lift * held * (kind > 0)
    dip = some(rng, count, 0.3) * rng.uniform(0, 0.3, (count, 1)) * (lift > 0)
    fade = some(rng, count, 0.3) * 0.3 * lift
    half = np.maximum(np.round(duration / 2), 1)
    return (
        episodes(length, start, duration, lift)
        - episodes(length, start + half, np.maximum(duration - half, 1), fade * (duration > half))
        - episodes(length, start + np.maximum(np.round(duration), 1), duration, dip)
    )


def out_of_stock(rng: Generator, count: int, length: int, style: Style, calendar: Calendar) -> Flags:
    """Periods out of stock: rare episodes of some length."""
    gap = rng.exponential(1, (count, 12)) * log_uniform(rng, count, 40, 250) / calendar.days
    duration = rng.exponential(1, (count, 12)) * log_uniform(rng, count, 1, 15) / calendar.days
    start = np.cumsum(gap + duration, axis=1) - duration
    happens = some(rng, count, style.stockouts)
    return (episodes(length, start, duration, np.ones_like(start)) > 0.5) & happens


def unknown(rng: Generator, count: int, length: int, style: Style) -> Flags:
    """Single periods whose demand nobody knows."""
    share, most = style.gaps
    often = some(rng, count, share) * rng.uniform(0.01, most, (count, 1))
    return rng.random((count, length)) < often


def big_orders(rng: Generator, count: int, length: int) -> Floats:
    """Factor of single big orders, in a tenth of the series."""
    often = some(rng, count, 0.1) * log_uniform(rng, count, 0.002, 0.015)
    return np.where(rng.random((count, length)) < often, rng.uniform(2, 12, (count, length)), 1.0)
