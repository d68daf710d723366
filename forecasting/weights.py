"""Weights of the models per segment: the shipped prior, those that a selection learnt, and their file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from forecasting.calibration import Calibration, uncalibrated
from forecasting.segments import without_covariates
from retail.errors import ForecastError
from retail.workspace import write_atomically

PRIOR: Final = Path(__file__).parent / "prior_weights.yaml"
FILE_NAME: Final = "forecast_weights.json"


Share = float | list[float]
"""Weight of a model: one for every quantile level, or one per level."""


class Weights(BaseModel):
    """Weight of each model in each segment.

    Attributes:
        default: Weights of a segment that is not listed, by model name.
        segments: Weights by segment, then by model name.
    """

    default: dict[str, Share]
    segments: dict[str, dict[str, Share]] = {}

    def shares(self, segment: str, models: Sequence[str]) -> NDArray[np.float64]:
        """Share of each model in a segment, the mean over levels, adding up to 1 (all 0 if none has weight)."""
        share: NDArray[np.float64] = self.level_shares(segment, models, 1)[:, 0]
        return share

    def level_shares(self, segment: str, models: Sequence[str], levels: int) -> NDArray[np.float64]:
        """Share of each model in a segment per level, adding up to 1 over models (all 0 if none has weight).

        A model that the weights do not know (other Chronos weights than the bundled) counts as the bundled one does.

        Args:
            segment: The segment.
            models: The models.
            levels: Number of quantile levels; shares that were learnt for another number count by their mean.

        Returns:
            Shape (models, levels).
        """
        known = self._of(segment)
        stand_in = known.get("bundled", 0.0)
        share = np.stack(
            [_per_level(known.get(model, 0.0 if model in OWN_WEIGHTS else stand_in), levels) for model in models]
        )
        total = share.sum(axis=0)
        found: NDArray[np.float64] = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
        return found

    def _of(self, segment: str) -> dict[str, Share]:
        return self.segments.get(segment, self.segments.get(without_covariates(segment), self.default))

    def joined_by(self, newcomers: Sequence[str], other: Weights) -> Weights:
        """These weights with models that they do not know, which get the share that other weights give them."""
        if not newcomers:
            return self
        segments = {*self.segments, *other.segments}
        return Weights(
            default=_joined(self.default, other.default, newcomers),
            segments={
                segment: _joined(self._of(segment), other._of(segment), newcomers) for segment in sorted(segments)
            },
        )


def _joined(known: dict[str, Share], other: dict[str, Share], newcomers: Sequence[str]) -> dict[str, Share]:
    total = sum(_mean(share) for share in other.values())
    joining = {model: _mean(other[model]) / total for model in newcomers if model in other and total > 0}
    left = 1 - sum(joining.values())
    kept: dict[str, Share] = {model: (np.asarray(share) * left).tolist() for model, share in known.items()}
    return kept | joining


def _mean(share: Share) -> float:
    return float(np.mean(share))


def _per_level(value: Share, levels: int) -> NDArray[np.float64]:
    given = np.atleast_1d(np.asarray(value, dtype=np.float64))
    return given if len(given) == levels else np.full(levels, given.mean())


STATISTICAL: Final = frozenset(
    {"seasonal_naive", "moving_average", "weekday_quantiles", "theta", "croston_sba", "tsb", "adida", "auto_ets"}
)
OWN_WEIGHTS: Final = STATISTICAL | {"lightgbm"}
"""Models that stand for themselves; any other is taken for Chronos weights, which share what the bundled ones have."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a selection left in the workspace.

    Attributes:
        weights: Weights of the models.
        accuracy: Scores of its backtest by model and segment.
        calibration: Calibration of totals; null in a file from before there was one.
        windows: Scores of the combination by cutoff and segment, which drift is told by.
    """

    weights: Weights
    accuracy: list[dict[str, object]]
    calibration: Calibration | None = None
    windows: list[dict[str, object]] = field(default_factory=list)


def prior(frequency_code: str = "D") -> Weights:
    """The weights that are shipped, for a workspace without a selection of its own."""
    return _shipped()[frequency_code].weights


def prior_calibration(frequency_code: str = "D") -> Calibration:
    """The calibration of totals that is shipped."""
    return _shipped()[frequency_code].calibration or uncalibrated(frequency_code)


class Shipped(BaseModel):
    """What is shipped for panels of one frequency."""

    weights: Weights
    calibration: Calibration | None = None


@cache
def _shipped() -> dict[str, Shipped]:
    document = yaml.safe_load(PRIOR.read_text())
    return {code: Shipped.model_validate(entry) for code, entry in document.items()}


def save(path: Path, selection: Selection) -> None:
    """Write what a selection found, all of it or nothing."""
    document = {
        "weights": selection.weights.model_dump(),
        "calibration": selection.calibration.model_dump() if selection.calibration else None,
        "accuracy": selection.accuracy,
        "windows": selection.windows,
    }
    write_atomically(path, json.dumps(document, indent=2, allow_nan=False))


def load(path: Path) -> Selection:
    """Read what a selection left.

    Raises:
        ForecastError: The file does not hold weights.
    """
    try:
        document = json.loads(path.read_text())
        weights = Weights.model_validate(document["weights"])
        calibration = document.get("calibration")
        return Selection(
            weights,
            list(document["accuracy"]),
            Calibration.model_validate(calibration) if calibration else None,
            list(document.get("windows", [])),
        )
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise ForecastError(
            f"{path} holds no forecast weights: {error}. Delete it (the shipped ones serve) or run the selection again."
        ) from error
