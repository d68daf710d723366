"""Demand of the periods out of stock, estimated from what was served of them and from what is usual."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecasting.panel.censored import mean_given_at_least, mean_given_share
from forecasting.panel.panel import Mask, Matrix, Panel
from forecasting.panel.usual import Usual, usual_demand

_PASSES = 5
_CAP = 2.0
"""An estimate is at most so many times the most that the series sold in a period in stock, and never less than sold."""


def correct(panel: Panel) -> Panel:
    """The panel with `corrected`: estimated demand of its cells out of stock.

    What is usual (`usual_demand`) is learnt from the cells in stock and, expectation and maximisation in turn, from
    the estimates of cells that were served in part: days that sell out are the busy ones, and without them the usual
    would be too low. A cell whose served share is known gets `mean_given_share`, one that sold out at an unknown time
    `mean_given_at_least`. Estimates lie between the units sold and twice the series' best period in stock.

    Stays NaN: a series that was never seen in stock, and an outage from its 29th day on (9th week, 7th month): nobody
    can tell then whether the product would still be asked for.
    """
    out = np.isfinite(panel.units) & ~panel.in_stock
    if not out.any():
        return replace(panel, corrected=np.full_like(panel.units, np.nan))
    scale = _smallest(panel)
    sold = panel.sold / scale[:, None]
    share = _share(panel)
    seen = np.where(out, np.nan, sold)
    partly = out & (np.isfinite(share) | (sold > 0)) & ~(share == 0)
    served, variance = seen, np.zeros_like(sold)
    usual = None
    for _ in range(_PASSES):
        usual = usual_demand(panel, served, variance, usual)
        estimate = _estimate(sold, share, usual, out)
        served = np.where(partly, estimate, seen)
        variance = _variance(estimate - sold, partly)
    estimate = _bounded(estimate, sold, seen) * scale[:, None]
    estimate[_long_outage(panel, out)] = np.nan
    return replace(panel, corrected=np.where(out, estimate, np.float32(np.nan)))


def _smallest(panel: Panel) -> NDArray[np.float32]:
    """What counts as one unit in each series: 1, or the smallest amount where a series sells in fractions."""
    positive = np.where(panel.sold > 0, panel.sold, np.inf)
    with np.errstate(invalid="ignore"):
        fractional = (np.abs(panel.sold - np.rint(panel.sold)) > 1e-3).any(axis=1)
    smallest = positive.min(axis=1, initial=np.inf)
    return np.where(fractional & np.isfinite(smallest), np.clip(smallest, 1e-3, 1.0), 1.0).astype(np.float32)


def _share(panel: Panel) -> Matrix:
    """Share served, NaN where unknown; units without any share are no whole outage, so it is unknown there too."""
    if panel.availability is None:
        return np.full_like(panel.units, np.nan)
    contradicted = (panel.availability <= 0) & (panel.sold > 0)
    return np.where(contradicted, np.float32(np.nan), panel.availability)


def _estimate(sold: Matrix, share: Matrix, usual: Usual, out: Mask) -> Matrix:
    rows, columns = np.nonzero(out)
    units = sold[rows, columns].astype(np.float64)
    mean = usual.mean[rows, columns].astype(np.float64)
    shape = usual.shape[rows]
    served = share[rows, columns].astype(np.float64)
    estimate = np.full(sold.shape, np.nan, dtype=np.float32)
    estimate[rows, columns] = np.where(
        np.isfinite(served),
        mean_given_share(units, np.nan_to_num(served), mean, shape),
        mean_given_at_least(units, mean, shape),
    )
    return estimate


def _variance(lost: Matrix, partly: Mask) -> Matrix:
    """Variance of an estimate with so many units lost: that of a geometric distribution with this mean."""
    return np.where(partly, lost * (1 + lost), np.float32(0))


def _bounded(estimate: Matrix, sold: Matrix, seen: Matrix) -> Matrix:
    highest = np.where(np.isfinite(seen), seen, 0).max(axis=1, initial=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.maximum(np.minimum(estimate, _CAP * highest[:, None]), sold), dtype=np.float32)


def _long_outage(panel: Panel, out: Mask) -> Mask:
    """Cells from the point where an unbroken run of periods without any sale has lasted the frequency's recent span."""
    empty = out & ~(panel.sold > 0)
    place = np.arange(empty.shape[1])
    last_served = np.maximum.accumulate(np.where(empty, -1, place), axis=1)
    return np.asarray(empty & (place - last_served > panel.frequency.recent))
