"""What past windows teach: weights of the models, and the calibration of totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from forecasting.calibration import Calibration, PastTotals
from forecasting.conformal import learn_calibration
from forecasting.models.combination import average
from forecasting.stacking import learn_weights
from forecasting.weights import Weights, prior, prior_calibration
from forecasting.windows import Window

SERIES = 2000
"""Series of a past window that are kept to learn from: a seeded sample."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What holds for the next cutoff."""

    weights: Weights
    calibration: Calibration


@dataclass
class Past:
    """Windows whose future is known by now, oldest first.

    Args:
        frequency_code: D, W or M: whose shipped weights and calibration hold until there is a window.
    """

    frequency_code: str
    windows: list[Window] = field(default_factory=list)

    def add(self, window: Window) -> None:
        """Keep a sample of a window."""
        self.windows.append(window.sampled(SERIES))

    def learn(self, models: Sequence[str]) -> Learnt:
        """Weights of these models, and the calibration of totals for what they make of past windows by these weights.

        A window that lacks one of the models is left out, unless every window does; then such a model has the share
        that it is shipped with.
        """
        shipped, code = prior(self.frequency_code), self.frequency_code
        complete = [window for window in self.windows if set(models) <= set(window.members.cubes)]
        usable = complete or self.windows
        shared = [model for model in models if all(model in window.members.cubes for window in usable)]
        if not usable or not shared:
            return Learnt(shipped, prior_calibration(code))
        newcomers = [model for model in models if model not in shared]
        weights = learn_weights(usable, shared).joined_by(newcomers, shipped)
        totals = [
            PastTotals.of(
                average(window.members, window.history, weights)[0], window.history, window.actual, window.levels
            )
            for window in usable
        ]
        return Learnt(weights, learn_calibration(totals, code, prior_calibration(code)))
