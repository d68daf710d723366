"""Weights of the models per segment: the shipped prior, those that a selection learnt, and their file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from forecasting.segments import ALL
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
        factors: What the average is multiplied by, per level, by segment; `all` for those not listed, none for 1.
    """

    default: dict[str, Share]
    segments: dict[str, dict[str, Share]] = {}
    factors: dict[str, list[float]] = {}

    def shares(self, segment: str, models: Sequence[str]) -> NDArray[np.float64]:
        """Share of each model in a segment, the mean over levels, adding up to 1 (all 0 if none has weight)."""
        return self.level_shares(segment, models, 1)[:, 0]

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
        known = self.segments.get(segment, self.default)
        stand_in = known.get("bundled", 0.0)
        share = np.stack(
            [_per_level(known.get(model, 0.0 if model in OWN_WEIGHTS else stand_in), levels) for model in models]
        )
        total = share.sum(axis=0)
        return np.divide(share, total, out=np.zeros_like(share), where=total > 0)

    def factor(self, segment: str, levels: int) -> NDArray[np.float64]:
        """What the average of a segment is multiplied by. Shape (levels,)."""
        return _per_level(self.factors.get(segment, self.factors.get(ALL, 1.0)), levels)


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
    """What a selection left in the workspace."""

    weights: Weights
    accuracy: list[dict[str, object]]


@cache
def prior() -> Weights:
    """The weights that are shipped, for a workspace without a selection of its own."""
    return Weights.model_validate(yaml.safe_load(PRIOR.read_text()))


def save(path: Path, selection: Selection) -> None:
    """Write a selection's weights and accuracy, all of it or nothing."""
    document = {"weights": selection.weights.model_dump(), "accuracy": selection.accuracy}
    write_atomically(path, json.dumps(document, indent=2, allow_nan=False))


def load(path: Path) -> Selection:
    """Read what a selection left.

    Raises:
        ForecastError: The file does not hold weights.
    """
    try:
        document = json.loads(path.read_text())
        return Selection(Weights.model_validate(document["weights"]), list(document["accuracy"]))
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise ForecastError(
            f"{path} holds no forecast weights: {error}. Delete it (the shipped ones serve) or run the selection again."
        ) from error
