"""How good a forecast was: WQL, MASE, MAE, RMSE, WAPE, MAPE, bias and coverage.

Scores are tallied per series first and summed up after, so that any group of series has its score without a second
pass. Where demand was not seen (out of stock, before the start) nothing is scored.

- WQL = 2 × Σ pinball loss / Σ|y| over series, dates and levels, averaged over levels (Gneiting & Raftery 2007).
- MASE = mean |y − median| over the mean absolute seasonal difference of the history, averaged over series (Hyndman &
  Koehler 2006). Series whose history never changes have none.
- MAE and RMSE = mean and root mean square of y − median, in units. MAPE = mean |y − median| / |y| where y is not 0.
- WAPE = Σ|y − median| / Σ|y|;  bias = Σ(median − y) / Σ|y|.
- coverage of a level = share of y at or below that quantile, by the randomised probability integral transform at ties
  (Czado, Gneiting & Held 2009), as its expected value: no draw, so no seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COVERAGE_LEVELS: Final[tuple[float, ...]] = (0.1, 0.9)
SCORES: Final[tuple[str, ...]] = ("wql", "mase", "wape", "bias", "coverage_10", "coverage_90")


def pinball(y: Floats, cube: Floats, levels: Sequence[float]) -> Floats:
    """Pinball loss, averaged over levels. Shapes: y (series, dates), cube (series, dates, levels); result like y."""
    error = y[..., None] - cube
    level = np.asarray(levels)
    mean: Floats = np.maximum(level * error, (level - 1) * error).mean(axis=-1)
    return mean


def seasonal_scale(y: Floats, season_length: NDArray[np.int64]) -> Floats:
    """Mean absolute seasonal difference of each history, NaN where none. Shapes: (series, dates), (series,)."""
    scale = np.full(len(y), np.nan)
    for season in np.unique(season_length):
        rows = season_length == season
        if y.shape[1] > season:
            difference = np.abs(y[rows, season:] - y[rows, :-season])
            known = np.isfinite(difference)
            count = known.sum(axis=1)
            total = np.where(known, difference, 0.0).sum(axis=1)
            scale[rows] = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return np.where(scale > 0, scale, np.nan)


def covered(y: Floats, cube: Floats, levels: Sequence[float], level: float) -> Floats:
    """Probability that the randomised PIT of each y is at most `level`, NaN where y is. Shape like y.

    The PIT of y lies between the highest level whose quantile is below y and the lowest whose quantile is above it
    (0 and 1 beyond the ends): without a tie at `level` that decides it, with one it is the share of that range.
    """
    grid = np.asarray(levels)
    bounds = np.concatenate([[0.0], grid, [1.0]])
    below = (cube < y[..., None]).sum(axis=-1)
    above = len(grid) + 1 - (cube > y[..., None]).sum(axis=-1)
    low, high = bounds[below], bounds[above]
    share = np.clip((level - low) / (high - low), 0.0, 1.0)
    return np.where(np.isfinite(y), share, np.nan)


def tally(y: Floats, cube: Floats, levels: Sequence[float], scale: Floats) -> pd.DataFrame:
    """Sums per series that every score is made of.

    Args:
        y: What happened, NaN where unseen. Shape (series, dates).
        cube: Quantiles, sorted by level. Shape (series, dates, levels).
        levels: Quantile levels, ascending, with 0.1, 0.5 and 0.9 among them.
        scale: `seasonal_scale` of the history.

    Returns:
        One row per series, sums but for the mean `scaled_error`: `periods, units, loss, absolute_error, error,
        scaled_error, squared_error, relative_error, selling_periods, coverage_10, coverage_90`.
    """
    median = cube[..., list(levels).index(0.5)]
    seen = np.isfinite(y)
    periods = seen.sum(axis=1)
    absolute_error = np.where(seen, np.abs(y - median), 0.0).sum(axis=1)
    columns = {
        "periods": periods,
        "units": np.where(seen, np.abs(y), 0.0).sum(axis=1),
        "loss": np.where(seen, pinball(y, cube, levels), 0.0).sum(axis=1),
        "absolute_error": absolute_error,
        "error": np.where(seen, median - y, 0.0).sum(axis=1),
        "scaled_error": absolute_error / np.maximum(periods, 1) / scale,
    }
    selling = seen & (y != 0)
    columns["squared_error"] = np.where(seen, (y - median) ** 2, 0.0).sum(axis=1)
    columns["relative_error"] = np.divide(np.abs(y - median), np.abs(y), out=np.zeros_like(y), where=selling).sum(
        axis=1
    )
    columns["selling_periods"] = selling.sum(axis=1)
    for level in COVERAGE_LEVELS:
        columns[f"coverage_{level * 100:.0f}"] = np.nansum(covered(y, cube, levels, level), axis=1)
    columns["scaled_error"] = np.where(periods > 0, columns["scaled_error"], np.nan)
    return pd.DataFrame(columns)


def summarise(tallies: pd.DataFrame) -> dict[str, float | None]:
    """Scores of all the series in the tallies together; null where they are undefined (no sales, no history)."""
    units, periods = tallies["units"].sum(), tallies["periods"].sum()
    scaled = tallies["scaled_error"].mean()
    return {
        "wql": _ratio(2 * tallies["loss"].sum(), units),
        "mase": float(scaled) if np.isfinite(scaled) else None,
        "mae": _ratio(tallies["absolute_error"].sum(), periods),
        "rmse": _root(_ratio(tallies["squared_error"].sum(), periods)),
        "wape": _ratio(tallies["absolute_error"].sum(), units),
        "mape": _ratio(tallies["relative_error"].sum(), tallies["selling_periods"].sum()),
        "bias": _ratio(tallies["error"].sum(), units),
        "coverage_10": _ratio(tallies["coverage_10"].sum(), periods),
        "coverage_90": _ratio(tallies["coverage_90"].sum(), periods),
    }


def per_series(tallies: pd.DataFrame) -> pd.DataFrame:
    """The same scores for each series on its own, NaN where undefined."""
    units = tallies["units"].where(tallies["units"] > 0)
    periods = tallies["periods"].where(tallies["periods"] > 0)
    return pd.DataFrame(
        {
            "wql": 2 * tallies["loss"] / units,
            "mase": tallies["scaled_error"],
            "wape": tallies["absolute_error"] / units,
            "bias": tallies["error"] / units,
            "coverage_10": tallies["coverage_10"] / periods,
            "coverage_90": tallies["coverage_90"] / periods,
        }
    )


def _root(value: float | None) -> float | None:
    return None if value is None else float(np.sqrt(value))


def _ratio(top: float, bottom: float) -> float | None:
    return float(top / bottom) if bottom > 0 else None
