"""Cumulative demand of the days ahead, as scenarios: totals by quantile level, read at days that differ by scenario.

Totals of several days come from the forecast as totals; quantiles of days are never added up. A scenario of a series is
one quantile level held through all days, so its demand rises from day to day and, over all scenarios, each day's total
has exactly the forecast distribution. What a random number of days asks for is the mixture over the scenarios' days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from retail.vocabulary import TOTAL_LEVELS

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SCENARIOS: Final = 400
_GOLDEN: Final = 0.6180339887498949
_ROOT_TWO: Final = 0.4142135623730951


@dataclass(frozen=True, slots=True)
class Scenarios:
    """Equally likely draws that all series share, so that two runs and two quantities meet the same luck.

    The three columns fill the cube evenly: a midpoint rule and two Kronecker sequences.

    Attributes:
        demand: Quantile level of the demand. Shape (scenarios,), ascending.
        lead_time: Quantile level of this order's lead time. Same shape.
        next_lead_time: Quantile level of the next order's lead time. Same shape.
    """

    demand: Floats
    lead_time: Floats
    next_lead_time: Floats

    @classmethod
    def draw(cls, number: int = SCENARIOS) -> Self:
        """So many scenarios, always the same ones."""
        steps = np.arange(number, dtype=np.float64)
        first, second = np.float64(_GOLDEN) * steps, np.float64(_ROOT_TWO) * steps
        return cls((steps + 0.5) / number, np.asarray((0.5 + first) % 1.0), np.asarray((0.5 + second) % 1.0))

    def __len__(self) -> int:
        return len(self.demand)


@dataclass(frozen=True, slots=True)
class DemandTotals:
    """Demand added up from the first day after the cutoff, as the forecast step writes it.

    Attributes:
        mean: Expected units up to and including each day. Shape (series, horizon).
        quantiles: The same by level. Shape (series, horizon, levels).
        is_whole: Series that sell whole units only. Shape (series,).
        days_gone: Whole days between the cutoff and today: their demand is over.
        share_gone: Share of today's demand that is over. Shape (series,).
        levels: Quantile levels, ascending.
    """

    mean: Floats
    quantiles: Floats
    is_whole: Bools
    days_gone: int
    share_gone: Floats
    levels: tuple[float, ...] = TOTAL_LEVELS

    def __len__(self) -> int:
        return len(self.mean)

    @property
    def horizon(self) -> int:
        """Days from today on that the forecast reaches, today counted."""
        return max(int(self.mean.shape[1]) - self.days_gone, 1)

    def take(self, rows: slice | Bools | Ints) -> DemandTotals:
        """Those of some series only."""
        return DemandTotals(
            self.mean[rows],
            self.quantiles[rows],
            self.is_whole[rows],
            self.days_gone,
            self.share_gone[rows],
            self.levels,
        )

    def expected(self, days: int) -> Floats:
        """Expected demand from now to the end of the `days`-th day, today being the first. Shape (series,)."""
        within = min(days, self.horizon)
        return self._expected_path()[:, within] * (days / within if days > within else 1.0)

    def paths(self, level: Floats, days: int) -> Floats:
        """Demand from now to the end of each day, by scenario.

        Beyond the horizon the mean goes on in a line and the spread grows with the root of time, as for days that do
        not depend on each other.

        Args:
            level: Quantile level of each scenario.
            days: Days from today on.

        Returns:
            Units. Shape (series, days + 1, scenarios): day 0 is now, where the demand is zero.
        """
        within = min(days, self.horizon)
        paths = np.zeros((len(self), days + 1, len(level)), dtype=np.float32)
        paths[:, 1 : within + 1] = self._paths_within(level, within)
        if days > within:
            ahead = np.arange(within + 1, days + 1, dtype=float)[None, :, None]
            ends = paths[:, within, None, :], self._expected_path()[:, within, None, None]
            paths[:, within + 1 :] = _beyond(*ends, ahead, within)
        np.rint(paths, out=paths, where=self.is_whole[:, None, None])
        return paths

    def at(self, paths: Floats, days: Ints) -> Floats:
        """Demand up to the end of the `days`-th day of each scenario, also beyond the paths.

        Args:
            paths: What `paths` gave, of at least one day.
            days: Days from now on. Shape (series, scenarios).
        """
        last = paths.shape[1] - 1
        units = np.take_along_axis(paths, np.minimum(days, last)[:, None, :], axis=1)[:, 0, :]
        if not (days > last).any():
            return units
        far = _beyond(paths[:, last, :], self.expected(last)[:, None], days, last)
        return np.where(days > last, np.where(self.is_whole[:, None], np.rint(far), far), units)

    def between(self, paths: Floats, first: Ints, last: Ints) -> Floats:
        """Demand after the end of the `first`-th day up to the end of the `last`-th one, by scenario.

        The difference of two totals at one level understates how much the days between can vary, so this is the total
        of as many days from now, scaled to what is expected of the days meant.
        """
        days = np.maximum(last - first, 0)
        usual = self._expected_at(days)
        meant = np.maximum(self._expected_at(last) - self._expected_at(first), 0.0)
        units = self.at(paths, days) * np.divide(meant, usual, out=np.zeros_like(meant), where=usual > 0)
        return np.where(self.is_whole[:, None], np.rint(units), units)

    def _expected_at(self, days: Ints) -> Floats:
        """Expected demand from now to the end of each scenario's day. Shape (series, scenarios)."""
        path, last = self._expected_path(), self.horizon
        beyond = np.maximum(days, last) / last
        return np.asarray(np.take_along_axis(path, np.minimum(days, last), axis=1) * beyond)

    def _expected_path(self) -> Floats:
        """Expected demand from now to the end of each day within the horizon, day 0 included."""
        gone = self.days_gone
        base = self.mean[:, gone - 1] if gone else np.zeros(len(self))
        path = np.concatenate([np.zeros((len(self), 1)), self.mean[:, gone:] - base[:, None]], axis=1)
        today = path[:, 1] * self.share_gone
        return np.asarray(np.maximum(path - today[:, None], 0.0))

    def _paths_within(self, level: Floats, days: int) -> Floats:
        """The quantile function of the first days at each level, scaled to what is left of the days under way."""
        weights = _interpolation(level, self.levels).astype(np.float32)
        paths = self.quantiles[:, :days].astype(np.float32) @ weights
        np.maximum(paths, 0.0, out=paths)
        if self.days_gone or self.share_gone.any():
            left = self._expected_path()[:, 1 : days + 1] / np.maximum(self.mean[:, :days], 1e-12)
            paths *= left[:, :, None].astype(np.float32)
            for day in range(1, days):
                np.maximum(paths[:, day], paths[:, day - 1], out=paths[:, day])
        return paths


def _beyond(units: Floats, mean: Floats, days: Floats | Ints, last: int) -> Floats:
    ratio = days / last
    return np.asarray(np.maximum(mean * ratio + (units - mean) * np.sqrt(ratio), 0.0))


def _interpolation(level: Floats, levels: tuple[float, ...]) -> Floats:
    """Weights of the given quantiles in the quantile at each level. Shape (levels, scenarios).

    Between two levels the quantile function is a line; below the lowest it goes on as one; above the highest it has
    the tail of an exponential distribution through the highest and the third highest (0.95 and 0.99).
    """
    known = np.array(levels)
    weights = np.zeros((len(known), len(level)))
    left = np.clip(np.searchsorted(known, level) - 1, 0, len(known) - 2)
    share = (level - known[left]) / (known[left + 1] - known[left])
    columns = np.arange(len(level))
    weights[left, columns] = 1 - share
    weights[left + 1, columns] = share
    top = level > known[-1]
    slope = np.log((1 - known[-1]) / (1 - level[top])) / np.log((1 - known[-3]) / (1 - known[-1]))
    weights[:, top] = 0.0
    weights[-1, top] = 1 + slope
    weights[-3, top] = -slope
    return weights
