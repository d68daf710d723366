"""How much better one model is than another, with a paired bootstrap over series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_DRAWS = 2000
_INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One minus the ratio of losses: 0.03 is three percent better. `low` and `high` bound 95% of the bootstrap."""

    better: float
    low: float
    high: float


def compare(pairs: Sequence[tuple[pd.DataFrame, pd.DataFrame]], seed: int = 0) -> Comparison:
    """Compare a model with its rival on one or several sets; over several by the geometric mean of the ratios.

    Series are drawn anew within each set, a series with all its windows at once and for both models (Efron & Tibshirani
    1993). Windows in which one of the two has no answer are left out of both.

    Args:
        pairs: Tallies of the model and of its rival on each set (see `forecasting.scores.tally`).
        seed: Of the bootstrap.
    """
    generator = np.random.default_rng(seed)
    exact, drawn = [], []
    for model, rival in pairs:
        losses = _by_series(model, rival)
        exact.append(np.log(losses[:, 0].sum() / losses[:, 1].sum()))
        count = len(losses)
        weights = generator.multinomial(count, np.full(count, 1 / count), size=_DRAWS)
        sums = weights @ losses
        drawn.append(np.log(sums[:, 0] / sums[:, 1]))
    better = 1 - np.exp(np.mean(drawn, axis=0))
    low, high = np.quantile(better, _INTERVAL)
    return Comparison(float(1 - np.exp(np.mean(exact))), float(low), float(high))


def _by_series(model: pd.DataFrame, rival: pd.DataFrame) -> NDArray[np.float64]:
    keys = ["row", "cutoff_date"]
    both = model.merge(rival, on=keys, suffixes=("_model", "_rival"))
    summed = both.groupby("row")[["loss_model", "loss_rival"]].sum()
    return summed.to_numpy(dtype=np.float64)
