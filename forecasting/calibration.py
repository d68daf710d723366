"""Calibrating totals on past windows: how the periods depend on each other, and which score gives each level.

For every past total the randomised probability integral transform among its sample paths (Czado, Gneiting & Held 2009)
is taken as a normal score. If the paths were right, a tenth of the scores would lie above the normal 0.9 score; the
score that a tenth did lie above takes its place: conformal prediction (Vovk, Gammerman & Shafer 2005) on the scale of
scores, per segment and length of the total, shrunk towards all series and those towards no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from forecasting.models.protocol import Cube
from forecasting.panel import Panel
from forecasting.segments import SEGMENTS, segments, without_covariates
from forecasting.totals import Dependence, Marginals, Paths, Totals, marginals, sample_paths
from retail.vocabulary import TOTAL_LEVELS

Floats = NDArray[np.float64]

LENGTHS: Final[dict[str, tuple[int, ...]]] = {"D": (1, 3, 7, 14, 28), "W": (1, 2, 4, 8), "M": (1, 2, 3, 6)}
"""Lengths of a total, in periods, at which it is calibrated; between two the scores are interpolated."""

_NORMAL: Final = NormalDist()
_NORMAL_SCORES: Final = np.array([_NORMAL.inv_cdf(level) for level in TOTAL_LEVELS])
_HIGH: Final = 0.99
"""Level above which paths are too few: there a total is a line of the score."""
_HIGHEST_SCORE: Final = 4.0
_LEAST_STEP: Final = 0.5
_LEVEL_SHARES: Final = (0.0, 0.1, 0.25, 0.45, 0.7)
_MEMORIES: Final = (0.0, 0.4)
_TRIAL_PATHS: Final = 100
_TRIAL_SERIES: Final = 400
_SERIES: Final = 1500
_HALF_TRUST: Final = 25
"""Independent totals at which learnt scores of the median count as much as what they are shrunk towards."""
_USUAL_BETWEEN: Final = 0.05
"""Variance between windows over that within them, where there is one window only."""
_CHUNK: Final = 256
_SEEN_SHARE: Final = 0.5
"""A total is scored where at least this share of its periods was seen, over the seen ones."""


class SegmentCalibration(BaseModel):
    """What was learnt for one segment.

    Attributes:
        level: See `Dependence`.
        memory: See `Dependence`.
        scores: Normal score to take for each of `TOTAL_LEVELS`, per length.
    """

    level: float
    memory: float
    scores: list[list[float]]

    @property
    def dependence(self) -> Dependence:
        """How the periods of the segment's series move together."""
        return Dependence(self.level, self.memory)


class Calibration(BaseModel):
    """Calibration of totals for panels of one frequency.

    Attributes:
        lengths: Lengths of total that the scores are for, ascending.
        default: For a segment that is not listed.
        segments: By segment.
    """

    lengths: list[int]
    default: SegmentCalibration
    segments: dict[str, SegmentCalibration] = {}

    def of(self, segment: str) -> SegmentCalibration:
        """What holds for a segment."""
        return self.segments.get(segment, self.segments.get(without_covariates(segment), self.default))


@dataclass(frozen=True, slots=True)
class PastTotals:
    """A forecast from a past cutoff beside what happened, ready to learn from.

    Attributes:
        marginal: Quantile functions of the forecast.
        actual: What happened, NaN where unseen. Shape (series, horizon).
        segments: Segment of each series at the cutoff.
    """

    marginal: Marginals
    actual: Floats
    segments: NDArray[np.str_]

    @classmethod
    def of(cls, cube: Cube, history: Panel, actual: Floats, levels: Sequence[float]) -> PastTotals:
        """From a forecast's quantiles, the history that it was made from, and what happened."""
        return cls(marginals(cube, history, levels), actual, segments(history))


def uncalibrated(frequency_code: str) -> Calibration:
    """A calibration that changes nothing, with the usual dependence."""
    lengths = list(LENGTHS[frequency_code])
    usual = Dependence()
    scores = [list(map(float, _NORMAL_SCORES)) for _ in lengths]
    return Calibration(
        lengths=lengths, default=SegmentCalibration(level=usual.level, memory=usual.memory, scores=scores)
    )


def calibrated_totals(
    cube: Cube, panel: Panel, levels: Sequence[float], calibration: Calibration, seed: int = 0
) -> Totals:
    """Demand added up from the cutoff, for every number of periods of the forecast.

    Args:
        cube: Quantiles, sorted, finite. Shape (series, horizon, levels).
        panel: The history that the forecast was made from.
        levels: Quantile levels of the cube, ascending, with 0.5 among them.
        calibration: What past windows taught.
        seed: Of the sample paths.
    """
    marginal = marginals(cube, panel, levels)
    horizon = cube.shape[1]
    mean = np.zeros(cube.shape[:2], dtype=np.float32)
    found = np.zeros((*cube.shape[:2], len(TOTAL_LEVELS)), dtype=np.float32)
    names = segments(panel) if len(panel) else np.array([], dtype=str)
    for segment in np.unique(names):
        learnt = calibration.of(str(segment))
        scores = _by_period(calibration.lengths, learnt.scores, horizon)
        rows = np.flatnonzero(names == segment)
        for chunk in np.array_split(rows, max(1, len(rows) // _CHUNK)):
            paths = np.cumsum(sample_paths(marginal.take(chunk), learnt.dependence, seed=seed), axis=2)
            mean[chunk] = paths.mean(axis=0)
            for period in range(horizon):
                found[chunk, period] = _at_scores(
                    np.sort(paths[..., period], axis=0), scores[period], marginal.is_whole[chunk]
                )
    found = np.maximum.accumulate(np.maximum.accumulate(found, axis=2), axis=1)
    return Totals(mean, found)


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


def scored_totals(case: PastTotals, length: int, paths: Paths) -> tuple[Floats, NDArray[np.float32], NDArray[np.int64]]:
    """Totals of the seen ones of the first `length` periods.

    Returns:
        What happened (totals), the paths' totals (paths, totals), and the numbers of the series.
    """
    seen = np.isfinite(case.actual[:, :length])
    rows = np.flatnonzero(seen.sum(axis=1) >= max(1, _SEEN_SHARE * length))
    actual = np.where(seen, np.nan_to_num(case.actual[:, :length]), 0).sum(axis=1)[rows]
    drawn = np.einsum("psh,sh->ps", paths[:, rows, :length], seen[rows].astype(np.float32))
    return actual, drawn, rows


def score_totals(
    case: PastTotals, calibration: Calibration, length: int
) -> tuple[Floats, NDArray[np.float32], NDArray[np.int64]]:
    """Calibrated totals of the seen ones of the first `length` periods beside what happened.

    Returns:
        What happened (totals), quantiles by `TOTAL_LEVELS` (totals, levels), and the numbers of the series.
    """
    actual, quantiles, numbers = [], [], []
    for segment in np.unique(case.segments):
        learnt = calibration.of(str(segment))
        rows = np.flatnonzero(case.segments == segment)
        score = _by_period(calibration.lengths, learnt.scores, length)[-1]
        for chunk in np.array_split(rows, max(1, len(rows) // _CHUNK)):
            part = PastTotals(case.marginal.take(chunk), case.actual[chunk], case.segments[chunk])
            happened, drawn, kept = scored_totals(part, length, sample_paths(part.marginal, learnt.dependence))
            actual.append(happened)
            quantiles.append(_at_scores(np.sort(drawn, axis=0), score, part.marginal.is_whole[kept]))
            numbers.append(chunk[kept])
    return np.concatenate(actual), np.concatenate(quantiles), np.concatenate(numbers)


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
    top, slope = _top(np.sort(drawn, axis=0))
    beyond = below >= _HIGH * paths
    return np.where(beyond, np.minimum(_NORMAL.inv_cdf(_HIGH) + (actual - top) / slope, _HIGHEST_SCORE), score)


def _top(ordered: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The highest quantile that paths give, and the units per score above it: at least a count's half deviation."""
    paths = len(ordered)
    top = ordered[_place(_HIGH, paths)]
    middle = ordered[_place(0.5, paths)]
    step = np.maximum((top - middle) / _NORMAL.inv_cdf(_HIGH), ordered.std(axis=0))
    return top, np.maximum(step, _LEAST_STEP * np.sqrt(np.maximum(top, 1)))


def _at_scores(ordered: NDArray[np.float32], scores: Floats, is_whole: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Quantiles at normal scores from ordered paths (paths, series). Shape (series, scores)."""
    paths = len(ordered)
    places = [_place(min(_NORMAL.cdf(score), _HIGH), paths) for score in scores]
    found = ordered[places].T
    top, slope = _top(ordered)
    for number, score in enumerate(scores):
        if score > _NORMAL.inv_cdf(_HIGH):
            beyond = top + (score - _NORMAL.inv_cdf(_HIGH)) * slope
            found[:, number] = np.where(is_whole, np.ceil(beyond - 0.5), beyond)
    return np.asarray(found, dtype=np.float32)


def _place(level: float, paths: int) -> int:
    return int(np.clip(np.ceil(level * paths) - 1, 0, paths - 1))


def _by_period(lengths: Sequence[int], scores: Sequence[Sequence[float]], horizon: int) -> Floats:
    """Scores for totals of 1, 2, … periods. Shape (horizon, levels)."""
    table = np.asarray(scores)
    periods = np.arange(1, horizon + 1)
    return np.stack([np.interp(periods, lengths, column) for column in table.T], axis=1)
