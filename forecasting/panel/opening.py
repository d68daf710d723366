"""On which days a store was closed, learnt from days on which it sold nothing, and on which it is likely to be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.panel.panel import Mask

_WEEKS = 8
_SELLS_DAILY = 0.95


def open_days(has_sold: Mask, dates: pd.DatetimeIndex, holiday_names: Sequence[str]) -> NDArray[np.float32]:
    """1 on days on which the store is open, 0 where it is closed.

    A day without any sale counts as closed if the store otherwise sells on at least 95% of its days; of a store that
    sells less often nobody can tell, and it counts as open. A weekday on which it sold nothing in the last eight weeks
    is its closing day in days to come, and so is a holiday on which it sold nothing the last time.

    Args:
        has_sold: Whether the store sold anything, for the days past.
        dates: Those days and the days to come.
        holiday_names: Name of the holiday on each date, empty on other days.
    """
    past = len(has_sold)
    weekday = dates.day_of_week.to_numpy()
    is_open = np.ones(len(dates), dtype=np.float32)
    if not has_sold.any():
        return is_open
    first = int(has_sold.argmax())
    weekly = _closing_weekdays(has_sold[first:], weekday[first:past])
    usual = ~np.isin(weekday[first:past], weekly)
    if not usual.any() or has_sold[first:][usual].mean() < _SELLS_DAILY:
        return is_open
    is_open[first:past] = has_sold[first:]
    is_open[past:] = ~np.isin(weekday[past:], weekly)
    last_time = {name: has_sold[day] for day, name in enumerate(holiday_names[:past]) if name and day >= first}
    for day in range(past, len(dates)):
        if not last_time.get(holiday_names[day], True):
            is_open[day] = 0
    return is_open


def _closing_weekdays(has_sold: Mask, weekday: NDArray[np.int64]) -> list[int]:
    recent, days = has_sold[-7 * _WEEKS :], weekday[-7 * _WEEKS :]
    return [day for day in range(7) if (days == day).sum() >= _WEEKS and not recent[days == day].any()]
