"""The demand panel: many series on one calendar, as the models read them.

A cell is one series in one period. Before a series starts it is NaN; from then on it holds the observed units, zero
where nothing was sold. Where the product was out of stock the units are kept, and the demand `y` is NaN: unknown,
not zero. What demand was there in truth is an estimate, kept beside (`corrected`), never over the units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.frequency import DAILY, Frequency

Matrix = NDArray[np.float32]
Mask = NDArray[np.bool_]

MAX_HISTORY = 2048
"""Periods of history kept, the newest: five and a half years of days. Older ones change no forecast and cost memory."""


@dataclass(frozen=True)
class Panel:
    """Series × periods, dense.

    Attributes:
        series: One row per series, in the order of the matrices: `unique_id` and what is known of it (`level`,
            `store_id`, `product_id`, `category`, static columns).
        dates: The calendar, complete; a day, the first day of a week or a month's date.
        units: Observed units, NaN before a series starts and after its last observation. Shape (series, dates).
        in_stock: False where demand cannot be seen in the units. Same shape.
        known: Covariates that are known for the future too (`is_promoted`, `price`, `is_holiday`, `is_open`, columns
            named by `--known`), by name, NaN where unknown. At least as wide as the calendar; the columns after it are
            the future.
        availability: Share of a period's usual demand that fell while the product was in stock, 0 to 1; null where
            only `in_stock` is known. Same shape as the units.
        corrected: Estimated demand of the cells out of stock, NaN elsewhere; null before the correction. Same shape.
        excess: Units of one-off bulk sales beyond a usual ticket line: sold, but no demand. Null where lines are not
            known. Same shape.
        frequency: Length of a period.
    """

    series: pd.DataFrame
    dates: pd.DatetimeIndex
    units: Matrix
    in_stock: Mask
    known: Mapping[str, Matrix] = field(default_factory=dict)
    availability: Matrix | None = None
    corrected: Matrix | None = None
    excess: Matrix | None = None
    frequency: Frequency = DAILY

    def __len__(self) -> int:
        return len(self.series)

    @cached_property
    def unique_ids(self) -> list[str]:
        """Names of the series, in order."""
        return [str(name) for name in self.series["unique_id"]]

    @cached_property
    def sold(self) -> Matrix:
        """Units without one-off bulk sales. Shape (series, dates)."""
        return self.units if self.excess is None else self.units - self.excess

    @cached_property
    def y(self) -> Matrix:
        """Demand as far as it was seen: what was sold, NaN where out of stock. Shape (series, dates)."""
        return np.where(self.in_stock, self.sold, np.float32(np.nan))

    @cached_property
    def demand(self) -> Matrix:
        """Demand as the models read it: seen where in stock, else estimated, NaN where there is no estimate."""
        if self.corrected is None:
            return self.y
        return np.where(np.isfinite(self.y), self.y, self.corrected)

    def future(self, name: str, horizon: int) -> Matrix:
        """A known covariate in the `horizon` periods after the calendar, NaN where it is not known so far ahead."""
        ahead = self.known[name][:, len(self.dates) : len(self.dates) + horizon]
        return np.pad(ahead, ((0, 0), (0, horizon - ahead.shape[1])), constant_values=np.nan)

    @cached_property
    def history(self) -> NDArray[np.int64]:
        """Periods from each series' start to the end of the calendar, 0 for one without any observation."""
        started = np.isfinite(self.units)
        first = np.where(started.any(axis=1), started.argmax(axis=1), self.units.shape[1])
        return np.asarray(self.units.shape[1] - first, dtype=np.int64)

    @cached_property
    def is_whole(self) -> Mask:
        """Series that sell whole units only, as far as they have sold."""
        units = np.nan_to_num(self.units)
        return np.asarray((units == np.round(units)).all(axis=1))

    @cached_property
    def observed(self) -> NDArray[np.int64]:
        """Periods with known demand, per series."""
        return np.asarray(np.isfinite(self.y).sum(axis=1), dtype=np.int64)

    def take(self, rows: Mask | NDArray[np.int64]) -> Panel:
        """The panel of some series only: those of a mask, or by number in the order given."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return replace(
            self,
            series=self.series.iloc[rows].reset_index(drop=True),
            units=self.units[rows],
            in_stock=self.in_stock[rows],
            known={name: values[rows] for name, values in self.known.items()},
            availability=None if self.availability is None else self.availability[rows],
            corrected=None if self.corrected is None else self.corrected[rows],
            excess=None if self.excess is None else self.excess[rows],
        )

    def sample(self, most: int) -> Panel:
        """A seeded sample of at most so many series, in the panel's order."""
        return self.take(np.sort(np.random.default_rng(0).permutation(len(self))[:most]))

    def until(self, end: int) -> Panel:
        """The panel as it was known after the first `end` periods (all series, also those not started)."""
        return self.between(0, end)

    def between(self, start: int, end: int) -> Panel:
        """The periods from `start` up to, not including, `end`; known covariates keep their future.

        A correction is left out unless the whole calendar is kept: an estimate may have been made from later periods.
        """
        columns = slice(start, end)
        is_whole = start == 0 and end >= len(self.dates)
        return replace(
            self,
            dates=self.dates[columns],
            units=self.units[:, columns],
            in_stock=self.in_stock[:, columns],
            known={name: values[:, start:] for name, values in self.known.items()},
            availability=None if self.availability is None else self.availability[:, columns],
            corrected=self.corrected if is_whole else None,
            excess=None if self.excess is None else self.excess[:, columns],
        )

    def future_dates(self, horizon: int) -> pd.DatetimeIndex:
        """The periods after the calendar's last one."""
        last = self.dates[-1]
        if self.frequency.code == "M":
            offset = pd.offsets.MonthEnd() if last.is_month_end else pd.offsets.DateOffset(months=1)
            return pd.DatetimeIndex([last + offset * step for step in range(1, horizon + 1)])
        days = 7 if self.frequency.code == "W" else 1
        return pd.date_range(last + pd.Timedelta(days=days), periods=horizon, freq=f"{days}D")

    def frame(self) -> pd.DataFrame:
        """The panel in long form, sorted: `unique_id, ds, y, units_sold, in_stock` and the known covariates."""
        rows, columns = np.nonzero(np.isfinite(self.units))
        return pd.DataFrame(
            {
                "unique_id": pd.Categorical.from_codes(rows, categories=pd.Index(self.unique_ids)),
                "ds": self.dates.to_numpy()[columns],
                "y": self.y[rows, columns],
                "units_sold": self.units[rows, columns],
                "in_stock": self.in_stock[rows, columns],
                **{name: values[rows, columns] for name, values in self.known.items()},
            }
        )
