"""Known covariates for a model that takes none: their effects divided out of the history, and put back afterwards.

What AutoGluon calls a covariate regressor. Only covariates count that foretold demand on the last periods of the
history better than none: effects are learnt before them, tried on them, and learnt again from everything.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasting.models.design import Design, design
from forecasting.models.effects import Effects, estimate, usual_demand
from forecasting.models.running import group_numbers
from forecasting.panel import Panel

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]

_HISTORY = {"D": 2 * 364, "W": 3 * 52, "M": 5 * 12}
_TRIED = {"D": 56, "W": 13, "M": 6}
"""Periods at the end on which effects are tried."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What covariates do to the demand of a panel.

    Attributes:
        effects: The effects of the covariates that count.
        design: The covariates over the newest calendar and the horizon.
        factor: What usual demand is multiplied by, 0 where closed. Shape (series, the design's periods).
        horizon: Periods of the design after the calendar.
    """

    effects: Effects
    design: Design
    factor: Floats
    horizon: int

    def remove(self, demand: Floats) -> Floats:
        """Demand without the covariates' effects, NaN where closed. Takes and gives the newest periods alike."""
        past = self.factor[:, : self.factor.shape[1] - self.horizon]
        width = min(demand.shape[1], past.shape[1])
        answer = demand.copy()
        recent = past[:, past.shape[1] - width :]
        plain = np.where(recent > 0, demand[:, demand.shape[1] - width :] / np.maximum(recent, 1e-3), np.nan)
        answer[:, demand.shape[1] - width :] = plain
        return answer

    @property
    def ahead(self) -> Floats:
        """Factor of the periods to come. Shape (series, horizon)."""
        return self.factor[:, self.factor.shape[1] - self.horizon :]


def adjustment(panel: Panel, horizon: int) -> Adjustment | None:
    """The effects of a panel's known covariates; null where there are none, or none that help.

    Args:
        panel: History, with covariates that reach into the horizon as far as they are known.
        horizon: Periods ahead.
    """
    if not panel.known or not len(panel):
        return None
    recent = panel.between(max(0, len(panel.dates) - _HISTORY[panel.frequency.code]), len(panel.dates))
    found = design(recent, horizon)
    if not found.names and not found.closed.any():
        return None
    groups = group_numbers(recent)
    useless = _useless(recent, found, groups)
    effects = estimate(recent, found, groups).without(useless)
    factor = effects.factor(found)
    is_flat = not found.closed.any() and useless == set(found.names)
    return None if is_flat else Adjustment(effects, found, factor, horizon)


def _useless(panel: Panel, whole: Design, groups: NDArray[np.int64]) -> frozenset[str]:
    """Covariates without which demand on the last periods would have been foretold as well."""
    tried = min(_TRIED[panel.frequency.code], len(panel.dates) // 3)
    end = len(panel.dates) - tried
    if not whole.names or not tried:
        return frozenset(whole.names)
    before = panel.until(end)
    learnt = estimate(before, replace(whole, values=whole.values[:, :, :end], closed=whole.closed[:, :end]), groups)
    last = replace(whole, values=whole.values[:, :, end : end + tried], closed=whole.closed[:, end : end + tried])
    full = _likelihood(panel, learnt, last, end)
    losses = {name: full - _likelihood(panel, learnt.without(frozenset({name})), last, end) for name in whole.names}
    log.debug("log-likelihood that each covariate adds: %s", losses)
    return frozenset(name for name, loss in losses.items() if loss <= 0)


def _likelihood(panel: Panel, effects: Effects, last: Design, end: int) -> float:
    """Poisson log-likelihood of the periods after `end`, given each series' total in them."""
    width = last.values.shape[2]
    seen = np.isfinite(panel.y[:, end : end + width]) & ~last.closed
    y = np.where(seen, panel.y[:, end : end + width], 0).astype(np.float64)
    known = np.isfinite(panel.y)
    usual = usual_demand(panel, known, np.ones(panel.y.shape, dtype=np.float32))[:, end : end + width]
    mean = np.where(seen, np.maximum(usual, 1e-6) * effects.factor(last), 0).astype(np.float64)
    share = mean / np.maximum(mean.sum(axis=1, keepdims=True), 1e-9)
    return float((y * np.log(np.maximum(share, 1e-12)))[y > 0].sum())
