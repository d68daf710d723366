"""Learning the calibration of totals from past windows: how periods depend on each other, and the score of each level.

For every past total the randomised probability integral transform among its sample paths (Czado, Gneiting & Held 2009)
is taken as a normal score. If the paths were right, a tenth of the scores would lie above the normal 0.9 score; the
score that a tenth did lie above takes its place: conformal prediction (Vovk, Gammerman & Shafer 2005) on the scale of
scores, per segment and length of the total, shrunk towards all series and those towards what is shipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.calibration import (
    HIGH,
    Calibration,
    Floats,
    PastTotals,
    SegmentCalibration,
    scored_totals,
    top_of,
    uncalibrated,
)
from forecasting.segments import SEGMENTS
from forecasting.totals import Dependence, sample_paths
from retail.vocabulary import TOTAL_LEVELS

_NORMAL: Final = NormalDist()
_LEVEL_SHARES: Final = (0.0, 0.1, 0.25, 0.45, 0.7)
_MEMORIES: Final = (0.0, 0.4)
_TRIAL_PATHS: Final = 100
_TRIAL_SERIES: Final = 400
_SERIES: Final = 1500
_HALF_TRUST: Final = 25
"""Independent totals at which learnt scores of the median count as much as what they are shrunk towards."""
_USUAL_BETWEEN: Final = 0.05
"""Variance between windows over that within them, where there is one window only."""
_HIGHEST_SCORE: Final = 4.0


def learn_calibration(
    past: Sequence[PastTotals], frequency_code: str, prior: Calibration | None = None, seed: int = 0
) -> Calibration:
    """Learn dependence and scores per segment from past windows, shrunk towards the prior.

    Args:
        past: Past windows.
        frequency_code: D, W or M.
        prior: What to shrink towards; null for no change.
        seed: Of samples and of ties.
    """
    prior = prior or uncalibrated(frequency_code)
    horizon = min((case.actual.shape[1] for case in past), default=0)
    if not horizon:
        return prior
    default = _learn(past, None, prior.lengths, prior.default, np.random.default_rng(seed))
    known = {str(name) for case in past for name in np.unique(case.segments)}
    learnt = {
        segment: _learn(
            past,
            segment,
            prior.lengths,
            _blend(prior.of(segment), default),
            np.random.default_rng(seed),
        )
        for segment in SEGMENTS
        if segment in known
    }
    return Calibration(lengths=prior.lengths, default=default, segments=prior.segments | learnt)


def _learn(
    past: Sequence[PastTotals],
    segment: str | None,
    lengths: Sequence[int],
    towards: SegmentCalibration,
    generator: np.random.Generator,
) -> SegmentCalibration:
    cases = [_sampled(case, segment, _SERIES // len(past), generator) for case in past]
    cases = [case for case in cases if len(case.actual)]
    if not cases:
        return towards
    few = [_sampled(case, None, _TRIAL_SERIES // len(cases), generator) for case in cases]
    choices = [Dependence(level, memory) for level in _LEVEL_SHARES for memory in _MEMORIES]
    chosen = min(choices, key=lambda choice: _loss(few, choice, lengths))
    drawn = [(case, sample_paths(case.marginal, chosen)) for case in cases]
    scores = []
    for place, length in enumerate(lengths):
        fitting = [
            _scores(*scored_totals(case, length, paths)[:2], generator)
            for case, paths in drawn
            if case.actual.shape[1] >= length
        ]
        scores.append(_shrunk(fitting, np.array(towards.scores[place])))
    return SegmentCalibration(level=chosen.level, memory=chosen.memory, scores=scores)


def _shrunk(windows: Sequence[Floats], towards: Floats) -> list[float]:
    """Quantiles of the scores of all windows, shrunk by the number of totals that would tell as much if independent."""
    found = np.concatenate([*windows, np.empty(0)])
    levels = np.array(TOTAL_LEVELS)
    trusted = _independent(windows) * 4 * levels * (1 - levels)
    trust = trusted / (trusted + _HALF_TRUST)
    learnt = np.quantile(found, levels) if len(found) else towards
    return [round(float(score), 3) for score in np.maximum.accumulate(trust * learnt + (1 - trust) * towards)]


def _independent(windows: Sequence[Floats]) -> float:
    """Effective number of totals: series miss together in a window, by the intraclass correlation (Kish 1965)."""
    sizes = np.array([len(scores) for scores in windows if len(scores) > 1])
    if not len(sizes):
        return 0.0
    kept = [scores for scores in windows if len(scores) > 1]
    within = float(np.mean([scores.var(ddof=1) for scores in kept]))
    between = _USUAL_BETWEEN * within
    if len(kept) > 1:
        between = float(np.var([scores.mean() for scores in kept], ddof=1)) - within * float(np.mean(1 / sizes))
    share = max(between, 0.0) / max(within + max(between, 0.0), 1e-9)
    return float((sizes / (1 + (sizes - 1) * share)).sum())


def _blend(one: SegmentCalibration, other: SegmentCalibration) -> SegmentCalibration:
    return one.model_copy(update={"scores": ((np.array(one.scores) + np.array(other.scores)) / 2).tolist()})


def _sampled(case: PastTotals, segment: str | None, most: int, generator: np.random.Generator) -> PastTotals:
    usable = np.isfinite(case.actual).any(axis=1) & np.isfinite(case.marginal.nodes).all(axis=(1, 2))
    rows = np.flatnonzero(usable & (case.segments == segment) if segment else usable)
    rows = np.sort(generator.permutation(rows)[: max(1, most)])
    return PastTotals(case.marginal.take(rows), case.actual[rows], case.segments[rows])


def _loss(cases: Iterable[PastTotals], choice: Dependence, lengths: Sequence[int]) -> float:
    """Continuous ranked probability score of the totals (Gneiting & Raftery 2007), each length scaled by its root."""
    loss = 0.0
    for case in cases:
        paths = sample_paths(case.marginal, choice, _TRIAL_PATHS)
        for length in lengths:
            if 1 < length <= case.actual.shape[1]:
                actual, drawn, _ = scored_totals(case, length, paths)
                ordered = np.sort(drawn, axis=0)
                rank = (np.arange(_TRIAL_PATHS) + 0.5) / _TRIAL_PATHS
                error = actual - ordered
                pinball = np.maximum(rank[:, None] * error, (rank[:, None] - 1) * error)
                loss += float(pinball.mean(axis=0).sum() / length)
    return loss


def _scores(actual: Floats, drawn: NDArray[np.float32], generator: np.random.Generator) -> Floats:
    """Normal score of each total among its paths, ties broken at random; beyond the highest paths by their line."""
    paths = len(drawn)
    below = (drawn < actual - 1e-6).sum(axis=0)
    tied = (np.abs(drawn - actual) <= 1e-6).sum(axis=0)
    rank = (below + generator.random(len(actual)) * (tied + 1)) / (paths + 1)
    score = np.array([_NORMAL.inv_cdf(value) for value in np.clip(rank, 1e-4, 1 - 1e-4)])
    top, slope = top_of(np.sort(drawn, axis=0))
    beyond = below >= HIGH * paths
    return np.where(beyond, np.minimum(_NORMAL.inv_cdf(HIGH) + (actual - top) / slope, _HIGHEST_SCORE), score)
