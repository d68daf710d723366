"""From expected demand to what a till records."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from forecasting.pretraining.series.draws import Floats, log_uniform, some
from forecasting.pretraining.series.styles import Style

_MOST = 1e6


def observe(rng: Generator, rate: Floats, style: Style) -> Floats:
    """Draw the recorded value of each period from its expected demand. Shapes (series, periods).

    Poisson; negative binomial (Poisson of a gamma); the same with extra zeros; baskets (a Poisson number of buyers,
    each with one piece or more); gamma; lognormal, heavy-tailed in some series.
    """
    count, _ = rate.shape
    rate = np.clip(rate, 0, _MOST)
    kind = rng.choice(6, count, p=style.observations)
    out = np.empty_like(rate)
    for number, draw in enumerate((_poisson, _negative_binomial, _zero_inflated, _baskets, _gamma, _lognormal)):
        rows = np.flatnonzero(kind == number)
        if len(rows):
            out[rows] = draw(rng, rate[rows], style)
    return out


def _poisson(rng: Generator, rate: Floats, _: Style) -> Floats:
    return rng.poisson(rate).astype(np.float64)


def _negative_binomial(rng: Generator, rate: Floats, _: Style) -> Floats:
    shape = np.broadcast_to(log_uniform(rng, len(rate), 0.4, 40), rate.shape)
    return rng.poisson(np.minimum(rate * rng.gamma(shape) / shape, _MOST)).astype(np.float64)


def _zero_inflated(rng: Generator, rate: Floats, style: Style) -> Floats:
    present = rng.random(rate.shape) < rng.uniform(0.1, 0.95, (len(rate), 1))
    return _negative_binomial(rng, rate, style) * present


def _baskets(rng: Generator, rate: Floats, _: Style) -> Floats:
    size = log_uniform(rng, len(rate), 1.1, 8)
    buyers = rng.poisson(rate / size)
    pieces = buyers + rng.poisson(buyers * (size - 1))
    pack = np.where(some(rng, len(rate), 0.2), rng.choice([2, 4, 6, 12], (len(rate), 1)), 1)
    return (pieces * pack).astype(np.float64)


def _gamma(rng: Generator, rate: Floats, style: Style) -> Floats:
    shape = np.broadcast_to(log_uniform(rng, len(rate), *style.noise) ** -2, rate.shape)
    step = np.where(some(rng, len(rate), 0.5), 0.01, 0.1)
    value = rate * rng.gamma(shape) / shape
    return np.where(some(rng, len(rate), 0.5), np.round(value / step) * step, value)


def _lognormal(rng: Generator, rate: Floats, style: Style) -> Floats:
    noise = log_uniform(rng, len(rate), *style.noise)
    shock = rng.standard_normal(rate.shape)
    tailed = np.clip(rng.standard_t(4, rate.shape), -6, 6)
    return rate * np.exp(noise * np.where(some(rng, len(rate), 0.2), tailed, shock))
