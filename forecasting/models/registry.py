"""The models by name."""

from __future__ import annotations

from collections.abc import Sequence

from forecasting.frequency import DAILY, Frequency
from forecasting.models.auto_ets import AutoETS
from forecasting.models.chronos import Chronos
from forecasting.models.moving_average import MovingAverage
from forecasting.models.protocol import Forecaster
from forecasting.models.seasonal_naive import SeasonalNaive
from forecasting.models.weekday_quantiles import WeekdayQuantiles
from retail.errors import UnusableRequest
from retail.settings import BUNDLED_CHECKPOINT, Settings

SLOW: dict[str, type[AutoETS]] = {AutoETS.name: AutoETS}
"""Models too slow for every series of a run: backtested on a sample, on request."""


def forecast_models(settings: Settings) -> list[Forecaster]:
    """What a forecast run asks: the Chronos weights of the settings, and the statistical floors."""
    return [Chronos(settings.chronos_weights, settings.threads), *_floors(DAILY)]


def backtest_models(settings: Settings, frequency: Frequency) -> list[Forecaster]:
    """What a backtest always asks: the floors, the bundled checkpoint, and other weights that the settings name."""
    models = [*_floors(frequency), Chronos(str(BUNDLED_CHECKPOINT), settings.threads)]
    if settings.chronos_weights != str(BUNDLED_CHECKPOINT):
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


def _floors(frequency: Frequency) -> list[Forecaster]:
    weekday = [WeekdayQuantiles()] if frequency.code == "D" else []
    return [*weekday, MovingAverage(), SeasonalNaive()]
