"""What a run serves: the combination, and for new products what their analogues lead to expect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecasting.models.analogues import Analogues, blend
from forecasting.models.combination import Members, average, in_whole_units
from forecasting.models.protocol import Cube, to_cube
from forecasting.panel import Panel
from forecasting.weights import Weights
from retail.vocabulary import QUANTILE_LEVELS


def served(
    members: Members, panel: Panel, weights: Weights, *, keeps_fractions: bool = False
) -> tuple[Cube, NDArray[np.str_]]:
    """The quantiles that are served, with fractions of a unit, and per series the name of what made them.

    A series with little history of its own leans on its analogues, all the more the less there is
    (`forecasting.models.analogues.blend`), and its name says so: `combination(a+b)+analogues`.

    Args:
        members: What the models said at `QUANTILE_LEVELS`.
        panel: What is known.
        weights: Weights of the combination.
        keeps_fractions: Whether quantiles stay fractions of units, as chances, which demand is added up from; else they
            are whole for series that sell whole units.
    """
    cube, names = average(members, panel, weights)
    new = np.flatnonzero(panel.observed < panel.frequency.new_below)
    if not len(new):
        return (cube if keeps_fractions else in_whole_units(cube, panel)), names
    horizon = cube.shape[1]
    analogues = to_cube(Analogues().predict(panel, horizon, QUANTILE_LEVELS), panel, horizon, QUANTILE_LEVELS)[new]
    has_analogues = np.isfinite(analogues).all(axis=(1, 2))
    cube[new] = blend(cube[new], analogues, panel.observed[new])
    leaning = new[has_analogues]
    labels = names.astype(object)
    labels[leaning] = [f"{name}+{Analogues.name}" for name in names[leaning]]
    return (cube if keeps_fractions else in_whole_units(cube, panel)), labels.astype(str)
