"""Seasons: weekday profiles, the year with its holidays, paydays."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from forecasting.pretraining.series.calendar import Calendar
from forecasting.pretraining.series.draws import Floats, log_uniform, one_of, some
from forecasting.pretraining.series.styles import Style

_HOLIDAYS = 4
_HARMONICS = np.array([1.0, 0.5, 0.3])


def weekday_factors(rng: Generator, count: int, length: int, style: Style) -> Floats:
    """Factor of each day of the week, mean 1; it changes slowly from one profile to another in some series."""
    strength = one_of(rng, count, style.week, style.week_shares)
    peak, width = rng.uniform(0, 7, (count, 1)), strength * rng.uniform(0, 1, (count, 1))
    first, second = (
        np.exp(strength * rng.standard_normal((count, 7)) * 0.8 + width * np.cos((np.arange(7) - peak) * 2 * np.pi / 7))
        for _ in range(2)
    )
    open_days = np.arange(7) != np.where(some(rng, count, style.closed), rng.integers(0, 7, (count, 1)), -1)
    open_days &= np.arange(7) != np.where(some(rng, count, style.closed / 8), rng.integers(0, 7, (count, 1)), -1)
    day = (np.arange(length) + rng.integers(0, 7, (count, 1))) % 7
    profiles = [
        np.take_along_axis(profile * open_days / np.mean(profile * open_days, axis=1, keepdims=True), day, axis=1)
        for profile in (first, second)
    ]
    middle, pace = rng.uniform(0, length, (count, 1)), log_uniform(rng, count, 3, 120)
    shift = np.where(
        some(rng, count, 0.15), 1 / (1 + np.exp(-np.clip((np.arange(length) - middle) / pace, -30, 30))), 0
    )
    factors: Floats = (1 - shift) * profiles[0] + shift * profiles[1]
    return factors


def year_logs(rng: Generator, count: int, length: int, style: Style, calendar: Calendar) -> Floats:
    """Logarithm of the yearly season: smooth waves, what each week has of its own, and holidays."""
    exact = some(rng, count, 0.25)
    year = np.where(exact, calendar.year_exact, calendar.year)
    place = (np.arange(length) + rng.uniform(0, year)) / year  # in years
    waves = np.zeros((count, length))
    for number, weight in enumerate(_HARMONICS, start=1):
        waves += (
            weight
            * rng.standard_normal((count, 1))
            * np.sin(2 * np.pi * number * place + rng.uniform(0, 7, (count, 1)))
        )
    slots = 12 if calendar.year <= 12 else 52
    own = rng.standard_normal((count, slots))
    own_now = np.take_along_axis(own, np.floor(place * slots).astype(np.int64) % slots, axis=1)
    return (
        one_of(rng, count, style.year, style.year_shares) * waves
        + one_of(rng, count, style.rough, style.rough_shares) * own_now
        + _holiday_logs(rng, place, style, calendar)
    )


def _holiday_logs(rng: Generator, place: Floats, style: Style, calendar: Calendar) -> Floats:
    """Each holiday rises before its day and falls after it; some move, none is equally strong every year."""
    count, length = place.shape
    strength = one_of(rng, count, style.holidays, style.holiday_shares)
    logs = np.zeros((count, length))
    years = int(np.ceil(place.max())) + 2
    for _ in range(_HOLIDAYS):
        position = place - rng.random((count, 1)) + 0.5
        occurrence = np.floor(position).astype(np.int64)
        moves = np.where(some(rng, count, 0.25), 12 / 365, 0.0) * rng.standard_normal((count, years))
        vigour = np.exp(0.2 * rng.standard_normal((count, years)))
        days = 365 * (position - occurrence - 0.5 - np.take_along_axis(moves, occurrence + 1, axis=1))
        size = strength * rng.gamma(1.0, 1.0, (count, 1)) * np.where(some(rng, count, 0.7), 1.0, -0.6)
        floor = calendar.days / 2
        before, after = log_uniform(rng, count, 1, 25) + floor, log_uniform(rng, count, 0.4, 8) + floor / 2
        shape = np.where(days <= 0, np.exp(np.minimum(days, 0) / before), np.exp(-np.maximum(days, 0) / after))
        dip = some(rng, count, 0.4) * rng.uniform(0, 0.5, (count, 1)) * ((days > 2) & (days < 2 + before))
        logs += size * np.take_along_axis(vigour, occurrence + 1, axis=1) * (np.minimum(shape, 1) - dip)
        if calendar.week > 1:
            shut = some(rng, count, style.holiday_closed) & (strength > 0) & (days >= 0) & (days < 1)
            logs = np.where(shut, -np.inf, logs)
    return np.minimum(logs, 2.5)


def payday_logs(rng: Generator, count: int, length: int, calendar: Calendar) -> Floats:
    """Logarithm of a rise at the same days of every month, in a fifth of the daily series."""
    if calendar.month <= 1:
        return np.zeros((count, length))
    day = (np.arange(length) + rng.uniform(0, calendar.month, (count, 1))) % calendar.month
    size = some(rng, count, 0.2) * rng.uniform(0.05, 0.5, (count, 1))
    return size * np.maximum(1 - day / rng.integers(2, 8, (count, 1)), 0)
