"""Learning the weights of the combination: those that minimise its pinball loss on past windows, shrunk.

The loss of an average of quantiles is convex in the weights, so exponentiated gradient descent (Kivinen & Warmuth 1997)
from equal weights finds them without a solver and keeps them positive and adding up to 1. The weights of a segment are
shrunk towards those of all series, and those towards equal, all the more the fewer series there are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecasting.models.protocol import Cube
from forecasting.segments import SEGMENTS
from forecasting.weights import Weights
from forecasting.windows import Window

_STEPS = 80
_RATE = 2.0
_SERIES_PER_SEGMENT = 150
_HALF_TRUST = 50
"""Series-windows at which learnt weights count as much as what they are shrunk towards."""
_NEGLIGIBLE = 0.02


def learn_weights(windows: Sequence[Window], models: Sequence[str], seed: int = 0) -> Weights:
    """Weights per segment, and over all series as the default, from what the models said in past windows.

    Args:
        windows: Past windows; every one has all of `models` among its members.
        models: Models to weigh.
        seed: Of the sample of series that a segment is learnt from.
    """
    generator = np.random.default_rng(seed)
    equal = np.full(len(models), 1.0 / len(models))
    default = _learn(windows, models, generator, None, equal)
    segments = {
        segment: _learn(windows, models, generator, segment, default)
        for segment in SEGMENTS
        if any((window.segments == segment).any() for window in windows)
    }
    return Weights(
        default=_named(default, models), segments={name: _named(learnt, models) for name, learnt in segments.items()}
    )


def _learn(
    windows: Sequence[Window],
    models: Sequence[str],
    generator: np.random.Generator,
    segment: str | None,
    towards: NDArray[np.float64],
) -> NDArray[np.float64]:
    samples = [_sample(window, models, generator, segment) for window in windows]
    actual = np.concatenate([sample[0] for sample in samples])
    if not np.nansum(actual) > 0:
        return towards
    cubes = np.concatenate([sample[1] for sample in samples], axis=1)
    learnt = _descend(actual, cubes, np.asarray(windows[0].levels, dtype=np.float32))
    trust = len(actual) / (len(actual) + _HALF_TRUST)
    return trust * learnt + (1 - trust) * towards


def _named(weights: NDArray[np.float64], models: Sequence[str]) -> dict[str, float]:
    kept = np.where(weights < _NEGLIGIBLE, 0, weights)
    return {model: round(float(weight / kept.sum()), 4) for model, weight in zip(models, kept, strict=True)}


def _sample(
    window: Window, models: Sequence[str], generator: np.random.Generator, segment: str | None
) -> tuple[NDArray[np.float64], Cube]:
    """Actuals, and quantiles of every model on them (models, series, horizon, levels), of some series of a segment."""
    usable = np.isfinite(window.actual).any(axis=1)
    usable &= np.all([np.isfinite(window.members.cubes[model]).all(axis=(1, 2)) for model in models], axis=0)
    rows = np.flatnonzero(usable & ((window.segments == segment) if segment else True))
    rows = np.sort(generator.permutation(rows)[:_SERIES_PER_SEGMENT])
    return window.actual[rows], np.stack([window.members.cubes[model][rows] for model in models])


def _descend(actual: NDArray[np.float64], cubes: Cube, levels: NDArray[np.float32]) -> NDArray[np.float64]:
    seen = np.isfinite(actual)
    y = actual[seen].astype(np.float32)[:, None]
    answers = cubes[:, seen]
    scale = max(float(np.abs(y).mean()), 1e-9)
    weights = np.full(len(cubes), 1.0 / len(cubes))
    average = np.zeros_like(weights)
    for step in range(_STEPS):
        combined = np.tensordot(weights.astype(np.float32), answers, axes=1)
        slope = (y < combined) - levels
        gradient = np.einsum("mpl,pl->m", answers, slope) / (slope.size * scale)
        weights = weights * np.exp(-_RATE / np.sqrt(step + 1) * (gradient - gradient.mean()) * len(levels))
        weights /= weights.sum()
        average += weights * (step >= _STEPS // 2)
    learnt: NDArray[np.float64] = average / average.sum()
    return learnt
