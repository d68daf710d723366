"""Totals by the calibration that past windows taught: sample paths added up, read at the scores learnt for each level.

`forecasting.conformal` learns it, and says by what method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from forecasting.models.protocol import Cube
from forecasting.panel import Panel
from forecasting.segments import segments, without_covariates
from forecasting.totals import Dependence, Marginals, Paths, Totals, marginals, sample_paths
from retail.vocabulary import TOTAL_LEVELS

Floats = NDArray[np.float64]

LENGTHS: Final[dict[str, tuple[int, ...]]] = {"D": (1, 3, 7, 14, 28), "W": (1, 2, 4, 8), "M": (1, 2, 3, 6)}
"""Lengths of a total, in periods, at which it is calibrated; between two the scores are interpolated."""

_NORMAL: Final = NormalDist()
_NORMAL_SCORES: Final = np.array([_NORMAL.inv_cdf(level) for level in TOTAL_LEVELS])
HIGH: Final = 0.99
"""Level above which paths are too few: there a total is a line of the score."""
_LEAST_STEP: Final = 0.5
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


def top_of(ordered: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The highest quantile that paths give, and the units per score above it: at least a count's half deviation."""
    paths = len(ordered)
    top = ordered[_place(HIGH, paths)]
    middle = ordered[_place(0.5, paths)]
    step = np.maximum((top - middle) / _NORMAL.inv_cdf(HIGH), ordered.std(axis=0))
    return top, np.maximum(step, _LEAST_STEP * np.sqrt(np.maximum(top, 1)))


def _at_scores(ordered: NDArray[np.float32], scores: Floats, is_whole: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Quantiles at normal scores from ordered paths (paths, series). Shape (series, scores)."""
    paths = len(ordered)
    places = [_place(min(_NORMAL.cdf(score), HIGH), paths) for score in scores]
    found = ordered[places].T
    top, slope = top_of(ordered)
    for number, score in enumerate(scores):
        if score > _NORMAL.inv_cdf(HIGH):
            beyond = top + (score - _NORMAL.inv_cdf(HIGH)) * slope
            found[:, number] = np.where(is_whole, np.ceil(beyond - 0.5), beyond)
    return np.asarray(found, dtype=np.float32)


def _place(level: float, paths: int) -> int:
    return int(np.clip(np.ceil(level * paths) - 1, 0, paths - 1))


def _by_period(lengths: Sequence[int], scores: Sequence[Sequence[float]], horizon: int) -> Floats:
    """Scores for totals of 1, 2, … periods. Shape (horizon, levels)."""
    table = np.asarray(scores)
    periods = np.arange(1, horizon + 1)
    return np.stack([np.interp(periods, lengths, column) for column in table.T], axis=1)
