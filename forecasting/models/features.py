"""What a global model is told of one series at one origin about one period ahead: a table of features.

A row is a series, an origin (how many periods are known) and a period ahead. Nothing but demand before the origin, and
covariates that are known for the future, goes into it. Demand is divided by the row's scale, so that series of every
size teach the same trees.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.models.running import IDENTIFIERS, Floats, Rows, RunningSums, carried, group_numbers, is_flag
from forecasting.panel import Panel

_WINDOWS = {"D": (7, 14, 28, 56, 91, 182, 364), "W": (2, 4, 8, 13, 26, 52), "M": (2, 3, 6, 12, 24)}
_LEVEL_WINDOW = {"D": 56, "W": 13, "M": 12}
_YEAR = {"D": 364, "W": 52, "M": 12}
_AROUND = {"D": 3, "W": 1, "M": 0}
"""Periods on either side that count as the same time of the year."""
_WEEK = 7
_PHASE_WEEKS = (4, 8, 26)
_PHASE_TRUST = 4.0
"""Known values of a weekday that count as much as the level of all weekdays."""
_SMALLEST_SCALE = 0.02


class Features:
    """The features of a panel, for any origin on its calendar.

    Args:
        panel: The history; its known covariates reach as far as they are known.
        horizon: Most periods ahead.
    """

    def __init__(self, panel: Panel, horizon: int) -> None:
        self.panel = panel
        demand = panel.demand
        self._demand = RunningSums.of(demand)
        self._selling = RunningSums.of(np.where(np.isfinite(demand), demand > 0, np.nan).astype(np.float32))
        self._squares = RunningSums.of(demand**2)
        self._groups = group_numbers(panel)
        self._totals = _totals(panel, self._groups)
        self._group_demand = RunningSums.of(self._totals)
        self._known = {name: carried(values) for name, values in panel.known.items() if np.isfinite(values).any()}
        self._known_sums = {name: RunningSums.of(values) for name, values in self._known.items()}
        self._promoted = {name: _on_and_off(demand, values) for name, values in self._known.items() if is_flag(values)}
        self._statics = _statics(panel.series)
        self._calendar = _calendar(panel, horizon)

    def level(self, origin: int) -> NDArray[np.float64]:
        """Recent mean of each series, never zero, at which a row's scale begins. Shape (series,)."""
        rows = np.arange(len(self.panel))
        window = _LEVEL_WINDOW[self.panel.frequency.code]
        recent = np.nan_to_num(self._demand.mean(rows, origin - window, origin))
        long = np.nan_to_num(self._demand.mean(rows, origin - 4 * window, origin))
        return np.maximum(np.maximum(recent, 0.25 * long), _SMALLEST_SCALE)

    def scale(self, origin: int, rows: Rows, steps: Rows) -> NDArray[np.float64]:
        """What demand is divided by: the level, on daily panels leaning to its weekday's. Shape (rows,)."""
        level = self.level(origin)
        if self.panel.frequency.code != "D":
            return level[rows]
        weeks = _by_weekday(self.panel.demand, origin, 8)
        known = np.isfinite(weeks).sum(axis=1)
        total = np.nansum(weeks, axis=1)
        leaning: NDArray[np.float64] = (total + _PHASE_TRUST * level[:, None]) / (known + _PHASE_TRUST)
        return leaning[rows, steps % _WEEK]

    def table(self, origin: int, rows: Rows, steps: Rows) -> Floats:
        """Features of some rows at one origin.

        Args:
            origin: Periods known.
            rows: Series of each row.
            steps: Periods ahead of each row, 0 for the first.

        Returns:
            Shape (rows, features), NaN where unknown.
        """
        scale = self.scale(origin, rows, steps)
        target = origin + steps
        columns = [
            steps.astype(np.float64),
            np.log(scale),
            self.panel.history[rows] - (len(self.panel.dates) - origin),
            *self._recent(origin, rows, scale),
            *self._weekdays(origin, rows, steps, scale),
            *self._last_year(origin, rows, target),
            *(values[target] for values in self._calendar),
            *self._covariates(origin, rows, target, scale),
            *(values[rows] for values in self._statics),
        ]
        return np.stack(columns, axis=1).astype(np.float32)

    def _recent(self, origin: int, rows: Rows, scale: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        windows = _WINDOWS[self.panel.frequency.code]
        means = [self._demand.mean(rows, origin - window, origin) for window in windows]
        selling = [self._selling.mean(rows, origin - window, origin) for window in (windows[2], windows[4])]
        square = self._squares.mean(rows, origin - windows[3], origin)
        spread = np.sqrt(np.maximum(square - means[3] ** 2, 0))
        groups = self._groups[rows]
        long = self._group_demand.mean(groups, origin - windows[4], origin)
        group = self._group_demand.mean(groups, origin - windows[1], origin) / np.maximum(long, _SMALLEST_SCALE)
        return [*(mean / scale for mean in means), *selling, spread / scale, group]

    def _weekdays(self, origin: int, rows: Rows, steps: Rows, scale: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        if self.panel.frequency.code != "D":
            last = [self.panel.demand[rows, origin - lag] / scale for lag in (1, 2, 3) if lag <= origin]
            return [values.astype(np.float64) for values in last]
        phase = steps % _WEEK
        weeks = _by_weekday(self.panel.demand, origin, max(_PHASE_WEEKS))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a weekday never seen has no mean: NaN, as wanted
            means = [np.nanmean(weeks[:, -count:], axis=1)[rows, phase] / scale for count in _PHASE_WEEKS]
        group = np.nan_to_num(_by_weekday(self._totals, origin, 13))
        with np.errstate(invalid="ignore", divide="ignore"):
            profile = group.mean(axis=1) / group.mean(axis=(1, 2))[:, None]
        return [*means, weeks[:, -1][rows, phase] / scale, profile[self._groups[rows], phase]]

    def _last_year(self, origin: int, rows: Rows, target: Rows) -> list[NDArray[np.float64]]:
        """A year ago, demand around the target's date over that before the origin: own, and the group's."""
        year, around = _YEAR[self.panel.frequency.code], _AROUND[self.panel.frequency.code]
        window = _WINDOWS[self.panel.frequency.code][3]
        ratios = []
        for sums, who in ((self._demand, rows), (self._group_demand, self._groups[rows])):
            then = sums.mean(who, target - year - around, target - year + around + 1)
            before = sums.mean(who, origin - year - window, origin - year)
            known = (origin - year - window >= 0) & (target - year - around >= 0)
            ratios.append(np.where(known, then / np.maximum(before, _SMALLEST_SCALE), np.nan))
        return ratios

    def _covariates(
        self, origin: int, rows: Rows, target: Rows, scale: NDArray[np.float64]
    ) -> list[NDArray[np.float64]]:
        """Of each known covariate: its value, what it was lately, and what demand was with it on and off."""
        window = _WINDOWS[self.panel.frequency.code][3]
        columns: list[NDArray[np.float64]] = []
        for name, values in self._known.items():
            now = _at(values, rows, target)
            recent = self._known_sums[name].mean(rows, origin - window, origin)
            columns += [now, recent]
            if name in self._promoted:
                on, off = self._promoted[name]
                columns += [_at(values, rows, target - 1), _at(values, rows, target + 1)]
                columns += [sums.mean(rows, 0, origin) / scale for sums in (on, off)]
            else:
                with np.errstate(divide="ignore", invalid="ignore"):
                    columns.append(now / recent)
        return columns


def _at(values: Floats, rows: Rows, periods: Rows) -> NDArray[np.float64]:
    """Values of some cells, NaN outside the matrix."""
    inside = (periods >= 0) & (periods < values.shape[1])
    return np.where(inside, values[rows, np.clip(periods, 0, values.shape[1] - 1)], np.nan).astype(np.float64)


def _by_weekday(values: Floats, origin: int, weeks: int) -> Floats:
    """The last weeks before an origin, by days after it modulo 7; NaN before the calendar. Shape (series, weeks, 7)."""
    days = weeks * _WEEK
    piece = values[:, max(0, origin - days) : origin]
    return np.pad(piece, ((0, 0), (days - piece.shape[1], 0)), constant_values=np.nan).reshape(-1, weeks, _WEEK)


def _on_and_off(demand: Floats, flag: Floats) -> tuple[RunningSums, RunningSums]:
    past = flag[:, : demand.shape[1]]
    return RunningSums.of(np.where(past == 1, demand, np.nan)), RunningSums.of(np.where(past == 0, demand, np.nan))


def _totals(panel: Panel, groups: Rows) -> Floats:
    """The demand of each group, added up over its series. Shape (groups, dates)."""
    totals = np.zeros((int(groups.max(initial=0)) + 1, len(panel.dates)), dtype=np.float32)
    np.add.at(totals, groups, np.nan_to_num(panel.demand))
    return totals


def _statics(series: pd.DataFrame) -> list[NDArray[np.float64]]:
    """Columns that describe a series as numbers: numbers as they are, words by their place in the alphabet."""
    columns = []
    for name in series.columns.difference(list(IDENTIFIERS), sort=False):
        values = series[name]
        if pd.api.types.is_numeric_dtype(values):
            columns.append(values.to_numpy(dtype=np.float64, na_value=np.nan))
        else:
            columns.append(pd.factorize(values.astype(str), sort=True)[0].astype(np.float64))
    return columns


def _calendar(panel: Panel, horizon: int) -> list[NDArray[np.float64]]:
    """Month and week of the year of every period to the horizon; of a day, weekday and day of the month too."""
    dates = pd.DatetimeIndex(panel.dates.append(panel.future_dates(horizon)))
    parts = [dates.month, dates.isocalendar().week.to_numpy()]
    if panel.frequency.code == "D":
        parts += [dates.day_of_week, dates.day]
    return [np.asarray(part, dtype=np.float64) for part in parts]
