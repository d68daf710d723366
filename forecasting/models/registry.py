"""The models by name."""

from __future__ import annotations

from collections.abc import Sequence

from forecasting.frequency import DAILY, Frequency
from forecasting.models.chronos import Chronos
from forecasting.models.gradient_boosting import GradientBoosting
from forecasting.models.intermittent import intermittent_models
from forecasting.models.moving_average import MovingAverage
from forecasting.models.protocol import Forecaster
from forecasting.models.seasonal_naive import SeasonalNaive
from forecasting.models.smoothing import AutoETS, Theta
from forecasting.models.weekday_quantiles import WeekdayQuantiles
from retail.errors import UnusableRequest
from retail.settings import BUNDLED_CHECKPOINTS, Settings

SLOW: dict[str, type[AutoETS]] = {AutoETS.name: AutoETS}
"""Models too slow for every series of a run: backtested on a sample, on request."""


FLOORS = frozenset({WeekdayQuantiles.name, MovingAverage.name, SeasonalNaive.name})
"""Models that are asked for every series, so that there is always an answer."""


def forecast_models(settings: Settings) -> list[Forecaster]:
    """What a forecast run asks: the Chronos weights of the settings, the statistical models and LightGBM."""
    return [
        Chronos(settings.chronos_weights, settings.threads),
        *statistical_models(DAILY),
        GradientBoosting(settings.threads),
    ]


def backtest_models(settings: Settings, frequency: Frequency) -> list[Forecaster]:
    """What a backtest always asks: all of a run, the bundled checkpoint, and other weights that the settings name."""
    models = [
        *statistical_models(frequency),
        GradientBoosting(settings.threads),
        Chronos(str(BUNDLED_CHECKPOINTS), settings.threads),
    ]
    if settings.chronos_weights != str(BUNDLED_CHECKPOINTS):
        models.append(Chronos(settings.chronos_weights, settings.threads))
    return models


def slow_models(names: Sequence[str]) -> list[Forecaster]:
    """Slow models by name.

    Raises:
        UnusableRequest: A name is unknown.
    """
    unknown = [name for name in names if name not in SLOW]
    if unknown:
        raise UnusableRequest(f"There is no model {', '.join(unknown)}; to be asked for: {', '.join(SLOW)}.")
    return [SLOW[name]() for name in names]


def statistical_models(frequency: Frequency) -> list[Forecaster]:
    """The statistical models fast enough for every series: the floors first, then those of statsforecast."""
    weekday = [WeekdayQuantiles()] if frequency.code == "D" else []
    return [*weekday, MovingAverage(), SeasonalNaive(), Theta(), *intermittent_models()]
