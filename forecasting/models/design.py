"""Known covariates as a regression reads them: 0 is the usual state, and closed periods are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.models.running import carried, is_flag
from forecasting.panel import Mask, Panel

Floats = NDArray[np.float32]

OPEN: Final = "is_open"
_CLOSED_BELOW = 0.02
"""Periods with sales in a state of a flag, over those that the other state lets expect, below which it means closed."""
_FEWEST_CLOSED = 20
"""Periods with sales that must be missing."""
_CONTRADICTED_ABOVE = 0.2
_LARGEST_LOGARITHM = 1.5
_LARGEST_DEVIATION = 3.0


@dataclass(frozen=True, slots=True)
class Design:
    """Covariates over the calendar and the horizon.

    Attributes:
        names: Covariates that vary.
        values: 0 is the usual state. Shape (covariates, series, periods).
        closed: Periods without any demand, whatever else is true of them. Shape (series, periods).
    """

    names: tuple[str, ...]
    values: Floats
    closed: Mask


def design(panel: Panel, horizon: int) -> Design:
    """The known covariates of a panel that vary, over its calendar and `horizon` periods more.

    A flag is 1 in its rarer state. A covariate above zero (a price, a discount) is the logarithm of its ratio to the
    series' median, within ±1.5; any other its deviation from the series' mean in standard deviations, within ±3.
    A flag in one of whose states nothing sells, `is_open` above all, says where it is closed and is no covariate.
    """
    width = len(panel.dates) + horizon
    closed = np.zeros((len(panel), width), dtype=bool)
    names, columns = [], []
    for name, known in panel.known.items():
        values = _to_width(known, width)
        if not np.isfinite(values).any():
            continue
        if is_flag(values):
            state = _closing_state(panel, values, name)
            if state is not None:
                closed |= values == state
                continue
            column = _flag(values)
        else:
            column = _number(carried(values), len(panel.dates))
        if np.ptp(column[:, : len(panel.dates)], axis=1).max(initial=0) > 0:
            names.append(name)
            columns.append(column)
    stacked = np.stack(columns) if columns else np.empty((0, len(panel), width), dtype=np.float32)
    return Design(tuple(names), stacked, closed)


def closed_ahead(panel: Panel, horizon: int) -> Mask:
    """Where a series is known to be closed in the periods to come, and sells nothing. Shape (series, horizon)."""
    return design(panel, horizon).closed[:, len(panel.dates) :]


def _to_width(values: Floats, width: int) -> Floats:
    missing = max(0, width - values.shape[1])
    return np.pad(values[:, :width], ((0, 0), (0, missing)), constant_values=np.nan)


def _closing_state(panel: Panel, values: Floats, name: str) -> int | None:
    """The state of a flag in which nothing sells, if there is one: sales there are far rarer than chance explains.

    `is_open` says so itself, unless sales contradict it.
    """
    past = values[:, : len(panel.dates)]
    known = np.isfinite(panel.y)
    periods = [int((known & (past == state)).sum()) for state in (0, 1)]
    selling = [int((np.nan_to_num(panel.y) > 0)[past == state].sum()) for state in (0, 1)]
    share = [sold / max(count, 1) for sold, count in zip(selling, periods, strict=True)]
    if name == OPEN:
        return 0 if share[0] <= _CONTRADICTED_ABOVE * share[1] else None
    for state in (0, 1):
        expected = periods[state] * share[1 - state]
        if expected >= _FEWEST_CLOSED and selling[state] < _CLOSED_BELOW * expected:
            return state
    return None


def _flag(values: Floats) -> Floats:
    rare = 1.0 if np.nanmean(values) <= 0.5 else 0.0
    return np.asarray(values == rare, dtype=np.float32)


def _number(values: Floats, length: int) -> Floats:
    values = np.nan_to_num(values, nan=float(np.nanmedian(values)))
    past = values[:, :length]
    if past.min(initial=np.inf) > 0:
        ratio = np.log(np.maximum(values, 1e-6) / np.median(past, axis=1, keepdims=True))
        return np.asarray(np.clip(ratio, -_LARGEST_LOGARITHM, _LARGEST_LOGARITHM), dtype=np.float32)
    deviation = (values - past.mean(axis=1, keepdims=True)) / max(float(past.std()), 1e-9)
    return np.asarray(np.clip(deviation, -_LARGEST_DEVIATION, _LARGEST_DEVIATION), dtype=np.float32)
