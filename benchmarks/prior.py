"""Writing the shipped weights and calibration: what the backtests of several sets learnt, averaged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import yaml

from forecasting.backtest import Backtest
from forecasting.calibration import Calibration, SegmentCalibration
from forecasting.models.combination import NAME
from forecasting.segments import ALL
from forecasting.weights import PRIOR, Share, Weights

_LEVELS = 9
_NEGLIGIBLE = 0.04
_LEANING = 0.3
"""Share of the default in every segment's weights: a shop is none of these sets."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What the backtest of one set learnt."""

    name: str
    frequency_code: str
    result: Backtest

    def series(self, segment: str) -> int:
        """Series that were scored in a segment."""
        return sum(
            int(str(row["series"]))
            for row in self.result.accuracy
            if row["model_name"] == NAME and row["segment"] == segment
        )


def write_prior(taught: Sequence[Taught]) -> None:
    """Replace `forecasting/prior_weights.yaml`; a frequency without a set keeps what it has."""
    document = yaml.safe_load(PRIOR.read_text())
    for code in dict.fromkeys(each.frequency_code for each in taught):
        sets = [each for each in taught if each.frequency_code == code]
        document[code] = {
            "weights": pooled_weights(sets).model_dump(),
            "calibration": pooled_calibration(sets).model_dump(),
        }
    text = (
        "# Weights of the models, and calibration of totals, by frequency (D, W, M), where there is no selection:\n"
        f"# the mean of what backtests learnt on {', '.join(each.name for each in taught)}.\n"
        f"# Made by `python -m benchmarks.forecasting --prior` on {datetime.now(UTC):%Y-%m-%d}.\n"
    )
    PRIOR.write_text(text + yaml.safe_dump(document, sort_keys=False, default_flow_style=None, width=200))


def pooled_weights(sets: Sequence[Taught]) -> Weights:
    """Mean shares per segment and level, by number of series; those of a segment lean on the default."""
    learnt = [each.result.weights for each in sets]
    default = _pooled_shares(learnt, ALL, _counts(sets, ALL))
    return Weights(
        default=default,
        segments={
            segment: _leaning(_pooled_shares(learnt, segment, _counts(sets, segment)), default)
            for segment in _segments(sets)
        },
    )


def pooled_calibration(sets: Sequence[Taught]) -> Calibration:
    """Mean scores and dependence per segment, by number of series."""
    learnt = [each.result.calibration for each in sets]
    return Calibration(
        lengths=learnt[0].lengths,
        default=_pooled_segment([each.default for each in learnt], _counts(sets, ALL)),
        segments={
            segment: _pooled_segment([each.of(segment) for each in learnt], _counts(sets, segment))
            for segment in _segments(sets)
        },
    )


def _segments(sets: Sequence[Taught]) -> list[str]:
    return sorted({segment for each in sets for segment in each.result.weights.segments if each.series(segment)})


def _counts(sets: Sequence[Taught], segment: str) -> list[int]:
    return [each.series(segment) for each in sets]


def _pooled_shares(learnt: Sequence[Weights], segment: str, counts: Sequence[int]) -> dict[str, Share]:
    models = list(
        dict.fromkeys(model for each in learnt for share in (each.default, *each.segments.values()) for model in share)
    )
    mean = _mean([each.level_shares(segment, models, _LEVELS) for each in learnt], counts)
    kept = np.where(mean.mean(axis=1, keepdims=True) < _NEGLIGIBLE, 0.0, mean)
    kept /= kept.sum(axis=0)
    return {model: _rounded(kept[number]) for number, model in enumerate(models) if kept[number].any()}


def _leaning(own: dict[str, Share], default: dict[str, Share]) -> dict[str, Share]:
    nothing = np.zeros(_LEVELS)
    return {
        model: _rounded(
            (1 - _LEANING) * np.asarray(own.get(model, nothing)) + _LEANING * np.asarray(default.get(model, nothing))
        )
        for model in dict.fromkeys([*own, *default])
    }


def _pooled_segment(learnt: Sequence[SegmentCalibration], counts: Sequence[int]) -> SegmentCalibration:
    scores = _mean([np.array(each.scores) for each in learnt], counts)
    return SegmentCalibration(
        level=round(float(_mean([np.array(each.level) for each in learnt], counts)), 2),
        memory=round(float(_mean([np.array(each.memory) for each in learnt], counts)), 2),
        scores=[_rounded(row) for row in scores],
    )


def _mean(values: Sequence[np.ndarray], counts: Sequence[int]) -> np.ndarray:
    return np.asarray(np.average(np.stack(values), axis=0, weights=counts))


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(float(value), 3) for value in values]
