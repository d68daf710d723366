"""A shop's series of one style: seasons × level × life × promotions, then what the till records."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from forecasting.pretraining.series.calendar import CALENDARS
from forecasting.pretraining.series.draws import Floats, log_uniform, some
from forecasting.pretraining.series.events import big_orders, out_of_stock, promotion_logs, unknown
from forecasting.pretraining.series.levels import level_logs, life_factors
from forecasting.pretraining.series.observations import observe
from forecasting.pretraining.series.seasons import payday_logs, weekday_factors, year_logs
from forecasting.pretraining.series.styles import Style


def retail(rng: Generator, count: int, length: int, style: Style) -> Floats:
    """Series of one style; NaN before a launch and where demand is unknown. Shape (series, length)."""
    calendar = CALENDARS[style.period]
    logs = level_logs(rng, count, length, style, calendar)
    logs += year_logs(rng, count, length, style, calendar)
    logs += promotion_logs(rng, count, length, style, calendar)
    logs += payday_logs(rng, count, length, calendar)
    rate = log_uniform(rng, count, *style.level) * np.exp(np.minimum(logs, 5))
    if calendar.week > 1:
        rate *= weekday_factors(rng, count, length, style)
    life = life_factors(rng, count, length, style, calendar)
    rate *= np.nan_to_num(life) * big_orders(rng, count, length)
    values = observe(rng, rate, style)
    empty = out_of_stock(rng, count, length, style, calendar)
    noticed = some(rng, count, 0.5)
    values = np.where(empty, np.where(noticed, np.nan, 0.0), values)
    values = np.where(unknown(rng, count, length, style) | np.isnan(life), np.nan, values)
    return values * np.where(some(rng, count, 0.2), log_uniform(rng, count, 0.1, 50), 1.0)
