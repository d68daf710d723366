"""How much each known covariate multiplies demand: learnt over all series, then per category, then per series.

Demand is level × weekday × exp(sum of coefficient × covariate). The coefficients maximise the quasi-Poisson likelihood
(McCullagh & Nelder 1989, chapter 9; it takes zeros, unlike a regression of logarithms) with a normal prior around those
of the category, and those around those of all series, so that a series speaks for itself as far as it has sold enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasting.models.design import Design
from forecasting.models.running import RunningSums
from forecasting.panel import Mask, Panel

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_HALF_WINDOW = {"D": 28, "W": 6, "M": 3}
"""Periods on either side of one whose mean is its level."""
_WEEK = 7
_PROFILE_UNITS = 50.0
"""Units at which a series' weekday profile counts as much as a flat one."""
_ROUNDS = 6
"""Times that level and weekdays, and coefficients, are learnt in turn: what one took of the other it gives back."""
_STEPS = {"all": 2, "group": 1, "series": 2}
_SPREAD = {"all": 1.0, "group": 0.3, "series": 0.25}
"""Standard deviation of the prior around 0, around all series' coefficients and around the category's."""
_LARGEST = 3.0
_LARGEST_SUM = 3.5


@dataclass(frozen=True, slots=True)
class Effects:
    """Coefficients of the covariates of a design.

    Attributes:
        names: Covariates.
        coefficients: Change of the logarithm of demand for a change of 1 in the covariate. Shape (series, covariates).
    """

    names: tuple[str, ...]
    coefficients: Floats

    def factor(self, design: Design) -> Floats:
        """What demand is multiplied by in every period of a design, 0 where closed. Shape (series, periods)."""
        logarithm = np.einsum("kst,sk->st", design.values, self.coefficients)
        factor = np.exp(np.clip(logarithm, -_LARGEST_SUM, _LARGEST_SUM))
        return np.where(design.closed, np.float32(0), factor).astype(np.float32)

    def without(self, names: frozenset[str]) -> Effects:
        """The same with no effect of some covariates."""
        kept = np.array([name not in names for name in self.names], dtype=np.float32)
        return replace(self, coefficients=self.coefficients * kept)


def estimate(panel: Panel, design: Design, groups: NDArray[np.int64]) -> Effects:
    """Effects of a design's covariates on the demand of a panel.

    Args:
        panel: History.
        design: Its covariates, at least as wide as the panel's calendar.
        groups: Number of each series' group, whose coefficients its own are drawn to.
    """
    width = len(panel.dates)
    values = design.values[:, :, :width]
    seen = np.isfinite(panel.y) & ~design.closed[:, :width]
    coefficients = np.zeros((len(panel), len(design.names)))
    for _ in range(_ROUNDS):
        factor = np.exp(np.clip(np.einsum("kst,sk->st", values, coefficients), -_LARGEST_SUM, _LARGEST_SUM))
        usual = usual_demand(panel, seen, factor.astype(np.float32))
        start = coefficients.mean(axis=0)
        coefficients = _coefficients(np.where(seen, panel.y, 0), np.where(seen, usual, 0), values, groups, start)
    return Effects(design.names, coefficients.astype(np.float32))


def usual_demand(panel: Panel, seen: Mask, factor: Floats) -> Floats:
    """Demand without covariates: local level × weekday, from what was seen over its factor. Shape (series, periods)."""
    plain = np.where(seen, panel.y / np.maximum(factor, 1e-3), np.nan).astype(np.float32)
    half = _HALF_WINDOW[panel.frequency.code]
    rows, period = np.arange(len(panel))[:, None], np.arange(plain.shape[1])[None, :]
    level = np.nan_to_num(RunningSums.of(plain).mean(rows, period - half, period + half + 1))
    if panel.frequency.code == "D":
        level = level * _weekday_profile(plain, level)
    return np.asarray(level, dtype=np.float32)


def _weekday_profile(plain: Floats, level: Doubles) -> Doubles:
    """Ratio of demand to its level by weekday, drawn to 1 where little was sold. Shape (series, periods)."""
    profile = np.ones(plain.shape)
    known = np.isfinite(plain)
    for weekday in range(_WEEK):
        days = slice(weekday, None, _WEEK)
        sold = np.where(known, plain, 0)[:, days].sum(axis=1, dtype=np.float64)
        usual = np.where(known, level, 0)[:, days].sum(axis=1)
        profile[:, days] = ((sold + _PROFILE_UNITS / _WEEK) / (usual + _PROFILE_UNITS / _WEEK))[:, None]
    return profile


def _coefficients(y: Floats, usual: Floats, values: Floats, groups: NDArray[np.int64], start: Doubles) -> Doubles:
    """Newton's method on all series together, then on each group, then on each series. Shape (series, covariates)."""
    series, count = len(y), len(values)
    coefficients = np.tile(start, (series, 1))
    for stage, owner in (("all", np.zeros(series, dtype=np.int64)), ("group", groups), ("series", np.arange(series))):
        prior = np.zeros_like(coefficients) if stage == "all" else coefficients.copy()
        precision = np.eye(count) / _SPREAD[stage] ** 2
        size = int(owner.max(initial=0)) + 1
        first = np.unique(owner, return_index=True)[1]
        for _ in range(_STEPS[stage]):
            slope, curvature = _derivatives(y, usual, values, coefficients)
            slopes, curvatures = np.zeros((size, count)), np.zeros((size, count, count))
            np.add.at(slopes, owner, slope)
            np.add.at(curvatures, owner, curvature)
            pull = (prior[first] - coefficients[first]) / _SPREAD[stage] ** 2
            step = np.linalg.solve(curvatures + precision, (slopes + pull)[..., None])[..., 0]
            coefficients = np.clip(coefficients + np.clip(step, -1, 1)[owner], -_LARGEST, _LARGEST)
    return coefficients


def _derivatives(y: Floats, usual: Floats, values: Floats, coefficients: Doubles) -> tuple[Doubles, Doubles]:
    """Slope and curvature of each series' log-likelihood over its dispersion (Pearson's)."""
    logarithm = np.einsum("kst,sk->st", values, coefficients.astype(np.float32))
    mean = usual * np.exp(np.clip(logarithm, -_LARGEST_SUM, _LARGEST_SUM))
    error = y - mean
    ratio = np.divide(error**2, mean, out=np.zeros_like(mean), where=mean > 0)
    dispersion = ratio.sum(axis=1, dtype=np.float64) / np.maximum((usual > 0).sum(axis=1), 1)
    dispersion = np.maximum(dispersion, 1.0)
    slope = np.einsum("kst,st->sk", values, error) / dispersion[:, None]
    count = len(values)
    curvature = np.empty((len(y), count, count))
    for one in range(count):
        weighted = values[one] * mean
        for other in range(one, count):
            curvature[:, one, other] = curvature[:, other, one] = np.einsum("st,st->s", weighted, values[other])
    return slope, curvature / dispersion[:, None, None]
