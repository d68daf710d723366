"""Kinds of series that retailers have, as ranges that the simulator draws from.

The numbers are guesses from how shops work (opening hours, promotions, baskets), not fitted to any data set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from forecasting.pretraining.series.calendar import Period

Shares = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """Ranges of one kind of series; strengths are in logarithms of the expected demand.

    Attributes:
        period: What a value counts.
        level: Expected demand per period, log-uniform between both.
        week, week_shares: Strengths of the weekday profile and how often each occurs.
        closed: Share of series with a weekday of no sales.
        year, year_shares: Strengths of the smooth yearly season.
        rough, rough_shares: Strengths of what each week (or month) of the year has of its own, the same every year.
        holidays, holiday_shares: Strengths of the holidays.
        holiday_closed: Share of holidays on which a daily series has no sales.
        trend: Standard deviation of the trend over a year.
        drift, drift_shares: Standard deviation of the random walk of the level over a year.
        wander, wander_shares: Standard deviation of the short-lived autoregressive noise of the level.
        promotions: Shares of series with none, irregular, regular and fortnightly promotions.
        slips: Share of fortnightly promotions that come a week early or late; the beat goes on from there.
        lift: Factor of a promotion, log-uniform between both.
        lives: Shares of steady, launched, ending, on-season-only and off-and-on series.
        observations: Shares of Poisson, negative binomial, zero-inflated, basket, gamma and lognormal noise.
        noise: Relative noise of the continuous kinds, log-uniform between both.
        stockouts: Share of series with episodes out of stock.
        gaps: Share of series with single days unknown, and the highest share of unknown days in them.
    """

    period: Period
    level: tuple[float, float]
    week: Shares = (0.0,)
    week_shares: Shares = (1.0,)
    closed: float = 0.0
    year: Shares = (0.0, 0.1, 0.3, 0.6)
    year_shares: Shares = (0.35, 0.3, 0.25, 0.1)
    rough: Shares = (0.0, 0.05, 0.1, 0.2)
    rough_shares: Shares = (0.5, 0.3, 0.15, 0.05)
    holidays: Shares = (0.0, 0.3, 0.7)
    holiday_shares: Shares = (0.5, 0.3, 0.2)
    holiday_closed: float = 0.1
    trend: float = 0.35
    drift: Shares = (0.0, 0.1, 0.25, 0.5)
    drift_shares: Shares = (0.2, 0.35, 0.3, 0.15)
    wander: Shares = (0.0, 0.08, 0.2, 0.35)
    wander_shares: Shares = (0.3, 0.35, 0.25, 0.1)
    promotions: Shares = (0.45, 0.3, 0.2, 0.05)
    slips: float = 0.0
    lift: tuple[float, float] = (1.15, 4.0)
    lives: Shares = (0.7, 0.1, 0.1, 0.05, 0.05)
    observations: Shares = (0.2, 0.4, 0.12, 0.13, 0.1, 0.05)
    noise: tuple[float, float] = (0.02, 0.6)
    stockouts: float = 0.15
    gaps: tuple[float, float] = (0.05, 0.2)


_WEEK: Final[Shares] = (0.0, 0.1, 0.25, 0.5, 0.8)

SKU_DAILY: Final = Style(
    period="day",
    level=(0.1, 300),
    week=_WEEK,
    week_shares=(0.12, 0.25, 0.33, 0.22, 0.08),
    closed=0.1,
)
SLOW_DAILY: Final = Style(
    period="day",
    level=(0.04, 3),
    week=_WEEK,
    week_shares=(0.2, 0.3, 0.3, 0.15, 0.05),
    closed=0.05,
    wander=(0.0, 0.2, 0.4, 0.7),
    lives=(0.55, 0.13, 0.12, 0.08, 0.12),
    observations=(0.25, 0.35, 0.2, 0.2, 0.0, 0.0),
)
STORE_DAILY: Final = Style(
    period="day",
    level=(50, 50_000),
    week=_WEEK,
    week_shares=(0.05, 0.3, 0.4, 0.2, 0.05),
    closed=0.45,
    rough=(0.0, 0.03, 0.07, 0.15),
    rough_shares=(0.3, 0.4, 0.2, 0.1),
    holidays=(0.0, 0.3, 0.7),
    holiday_shares=(0.2, 0.4, 0.4),
    holiday_closed=0.5,
    trend=0.15,
    drift=(0.0, 0.05, 0.15, 0.3),
    wander=(0.0, 0.04, 0.1, 0.2),
    promotions=(0.3, 0.15, 0.2, 0.35),
    lift=(1.05, 2.5),
    lives=(0.94, 0.03, 0.01, 0.0, 0.02),
    observations=(0.05, 0.1, 0.0, 0.05, 0.2, 0.6),
    noise=(0.02, 0.25),
    stockouts=0.03,
    gaps=(0.03, 0.1),
)
FORTNIGHT_DAILY: Final = replace(
    STORE_DAILY, promotions=(0.0, 0.0, 0.1, 0.9), slips=0.06, lift=(1.15, 2.5), noise=(0.02, 0.15)
)
FRESH_DAILY: Final = Style(
    period="day",
    level=(0.2, 50),
    week=_WEEK,
    week_shares=(0.1, 0.3, 0.35, 0.2, 0.05),
    year_shares=(0.5, 0.3, 0.15, 0.05),
    holiday_shares=(0.6, 0.3, 0.1),
    drift=(0.0, 0.2, 0.5, 1.0),
    wander=(0.0, 0.1, 0.25, 0.4),
    wander_shares=(0.2, 0.35, 0.3, 0.15),
    promotions=(0.4, 0.45, 0.1, 0.05),
    lift=(1.1, 2.5),
    lives=(0.8, 0.08, 0.06, 0.01, 0.05),
    observations=(0.1, 0.25, 0.05, 0.1, 0.35, 0.15),
    noise=(0.15, 0.8),
    stockouts=0.3,
    gaps=(0.6, 0.6),
)
GROUP_WEEKLY: Final = Style(
    period="week",
    level=(50, 100_000),
    year=(0.0, 0.1, 0.25, 0.5, 1.0),
    year_shares=(0.15, 0.3, 0.3, 0.17, 0.08),
    rough=(0.0, 0.04, 0.1, 0.2, 0.35),
    rough_shares=(0.15, 0.35, 0.3, 0.15, 0.05),
    holidays=(0.0, 0.2, 0.6, 1.0),
    holiday_shares=(0.15, 0.35, 0.3, 0.2),
    trend=0.1,
    drift=(0.0, 0.05, 0.1, 0.2),
    drift_shares=(0.15, 0.4, 0.3, 0.15),
    wander=(0.0, 0.03, 0.08, 0.15),
    promotions=(0.5, 0.25, 0.2, 0.05),
    lift=(1.05, 2.2),
    lives=(0.88, 0.04, 0.03, 0.04, 0.01),
    observations=(0.02, 0.13, 0.0, 0.05, 0.2, 0.6),
    noise=(0.015, 0.3),
    stockouts=0.03,
    gaps=(0.05, 0.1),
)
ECHO_WEEKLY: Final = replace(
    GROUP_WEEKLY,
    rough=(0.1, 0.2, 0.4),
    rough_shares=(0.4, 0.35, 0.25),
    drift=(0.0, 0.03, 0.08),
    drift_shares=(0.3, 0.4, 0.3),
    wander=(0.0, 0.03),
    wander_shares=(0.6, 0.4),
    promotions=(0.9, 0.0, 0.1, 0.0),
    lives=(1.0, 0.0, 0.0, 0.0, 0.0),
    noise=(0.01, 0.12),
)
SKU_WEEKLY: Final = Style(
    period="week",
    level=(0.05, 1000),
    year=(0.0, 0.15, 0.4, 0.8),
    year_shares=(0.25, 0.35, 0.28, 0.12),
    rough=(0.0, 0.07, 0.15, 0.3),
    rough_shares=(0.35, 0.35, 0.2, 0.1),
    holidays=(0.0, 0.3, 0.7, 1.0),
    holiday_shares=(0.35, 0.3, 0.2, 0.15),
    trend=0.2,
    drift=(0.0, 0.1, 0.2, 0.4),
    lives=(0.62, 0.13, 0.12, 0.07, 0.06),
)
SPARE_MONTHLY: Final = Style(
    period="month",
    level=(0.05, 500),
    year_shares=(0.35, 0.3, 0.25, 0.1),
    rough=(0.0, 0.1, 0.2, 0.4),
    holidays=(0.0,),
    holiday_shares=(1.0,),
    promotions=(0.8, 0.2, 0.0, 0.0),
    trend=0.2,
    drift=(0.0, 0.15, 0.3, 0.5),
    lives=(0.6, 0.13, 0.2, 0.02, 0.05),
    observations=(0.25, 0.4, 0.15, 0.1, 0.05, 0.05),
    stockouts=0.05,
    gaps=(0.02, 0.1),
)
