"""What past windows teach: weights of the models, and the calibration of totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from forecasting.calibration import Calibration, PastTotals, learn_calibration
from forecasting.models.protocol import Cube
from forecasting.stacking import learn_weights
from forecasting.weights import Weights, prior, prior_calibration
from forecasting.windows import Window

SERIES = 2000
"""Series of a past window that are kept to learn from: a seeded sample."""


@dataclass
class Past:
    """Windows whose future is known by now, oldest first.

    Args:
        frequency_code: D, W or M: whose shipped weights and calibration hold until there is a window.
    """

    frequency_code: str
    windows: list[Window] = field(default_factory=list)
    totals: list[PastTotals] = field(default_factory=list)

    def add(self, window: Window, combined: Cube) -> None:
        """Keep a window and what the combination said in it, as it was said then."""
        kept = window.sampled(SERIES)
        cube = combined[kept.numbers]
        self.windows.append(kept.window)
        self.totals.append(PastTotals.of(cube, kept.window.history, kept.window.actual, window.levels))

    def weights(self, models: Sequence[str]) -> Weights:
        """Weights of these models: learnt where they answered before, shipped where they did not.

        A window that lacks one of the models is left out, unless every window does.
        """
        shipped = prior(self.frequency_code)
        complete = [window for window in self.windows if set(models) <= set(window.members.cubes)]
        usable = complete or self.windows
        shared = [model for model in models if all(model in window.members.cubes for window in usable)]
        if not usable or not shared:
            return shipped
        newcomers = [model for model in models if model not in shared]
        return learn_weights(usable, shared).joined_by(newcomers, shipped)

    def calibration(self) -> Calibration:
        """Calibration of totals, shrunk towards the shipped one."""
        return learn_calibration(self.totals, self.frequency_code, prior_calibration(self.frequency_code))
