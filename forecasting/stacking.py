"""Learning the weights of the combination: those that minimise its pinball loss on past windows, shrunk.

Each level has its own weights, kept positive and adding up to 1 by a softmax: quantile regression averaging (Nowotarski
& Weron 2015), with the weights of an average. The loss is minimised by Adam (Kingma & Ba 2015) from equal weights. A
segment starts from what all series taught, and pays for leaving it, all the more the fewer series it has; so do all
series for leaving equal. Factors that would mend what the models have in common, too low or too narrow, were tried and
left out: they follow the last windows, and lost two percent on VN2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.segments import ALL, SEGMENTS
from forecasting.weights import Weights
from forecasting.windows import Window

Floats = NDArray[np.float32]

_STEPS = 120
_RATE = 0.08
_ROWS = 20_000
"""Series-periods that weights are learnt from, a seeded sample."""
_HALF_TRUST = 50
"""Series-windows at which the penalties have their full weight; twice as many halve it."""
_LEAVING = 0.01
_LEAVING_PER_LEVEL = 0.05
_NEGLIGIBLE = 0.02


@dataclass(frozen=True, slots=True)
class _Cases:
    """What happened (cases), what every model said of it (cases, levels, models), and in how many series-windows."""

    actual: Floats
    answers: Floats
    series: int


def learn_weights(windows: Sequence[Window], models: Sequence[str], seed: int = 0) -> Weights:
    """Weights per segment, and over all series as the default, from what the models said in past windows.

    Args:
        windows: Past windows; every one has all of `models` among its members.
        models: Models to weigh.
        seed: Of the sample that is learnt from.
    """
    generator = np.random.default_rng(seed)
    levels = np.asarray(windows[0].levels, dtype=np.float32)
    equal = np.zeros((len(levels), len(models)), np.float32)
    learnt = {ALL: _learn(_sample(windows, models, generator, None), levels, equal)}
    for segment in SEGMENTS:
        if any((window.segments == segment).any() for window in windows):
            learnt[segment] = _learn(_sample(windows, models, generator, segment), levels, learnt[ALL])
    shares = {segment: _shares(logits, models) for segment, logits in learnt.items()}
    return Weights(
        default=shares[ALL],
        segments={segment: share for segment, share in shares.items() if segment != ALL},
    )


def _shares(logits: Floats, models: Sequence[str]) -> dict[str, float | list[float]]:
    share = _softmax(logits)
    share = np.where(share < _NEGLIGIBLE, 0, share)
    share /= share.sum(axis=1, keepdims=True)
    return {model: _rounded(share[:, number]) for number, model in enumerate(models) if share[:, number].any()}


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), 4) for value in values]


def _softmax(logits: Floats) -> Floats:
    share = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _sample(
    windows: Sequence[Window], models: Sequence[str], generator: np.random.Generator, segment: str | None
) -> _Cases:
    actual, answers, series = [], [], 0
    for window in windows:
        said = [window.members.cubes[model] for model in models]
        usable = np.all([np.isfinite(cube).all(axis=(1, 2)) for cube in said], axis=0)
        usable &= (window.segments == segment) if segment else True
        rows, periods = np.nonzero(np.isfinite(window.actual) & usable[:, None])
        chosen = np.sort(generator.permutation(len(rows))[: _ROWS // len(windows)])
        rows, periods = rows[chosen], periods[chosen]
        actual.append(window.actual[rows, periods].astype(np.float32))
        answers.append(np.stack([cube[rows, periods] for cube in said], axis=-1))
        series += len(np.unique(rows))
    return _Cases(np.concatenate(actual), np.concatenate(answers), series)


def _learn(cases: _Cases, levels: Floats, towards: Floats) -> Floats:
    """Logits (levels, models) of the least scaled loss plus what it costs to leave `towards`, together and by level."""
    if not cases.actual.sum() > 0:
        return towards
    strength = _HALF_TRUST / cases.series
    sizes = (towards.shape[1], towards.size)
    price = np.concatenate(
        [
            np.full(size, strength * cost / size, np.float32)
            for size, cost in zip(sizes, (_LEAVING, _LEAVING_PER_LEVEL), strict=True)
        ]
    )
    values = np.zeros(sum(sizes), dtype=np.float32)
    mean, square = np.zeros_like(values), np.zeros_like(values)
    for step in range(1, _STEPS + 1):
        slope = np.concatenate(_gradient(cases, levels, _moved(towards, values))) + 2 * price * values
        mean += 0.1 * (slope - mean)
        square += 0.001 * (slope**2 - square)
        rate = _RATE * (1 - step / (_STEPS + 1))
        values -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return _moved(towards, values)


def _moved(towards: Floats, values: Floats) -> Floats:
    together, apart = np.split(values, [towards.shape[1]])
    return np.asarray(towards + together + apart.reshape(towards.shape))


def _gradient(cases: _Cases, levels: Floats, logits: Floats) -> tuple[Floats, Floats]:
    """Slope of the scaled pinball loss in the logits that all levels share, and in those of each level."""
    share = _softmax(logits)
    combined = np.einsum("nlm,lm->nl", cases.answers, share)
    scale = max(float(cases.actual.mean()), 1e-9) * combined.size
    slope = ((cases.actual[:, None] < combined) - levels) / scale
    in_share = np.einsum("nl,nlm->lm", slope, cases.answers)
    in_logits = share * (in_share - (share * in_share).sum(axis=1, keepdims=True))
    return in_logits.sum(axis=0).astype(np.float32), in_logits.ravel().astype(np.float32)
