"""A profile that no series shows alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.frequency import frequency
from forecasting.models.pooled_seasonality import PooledSeasonality
from forecasting.models.protocol import to_cube
from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame

LEVELS = (0.1, 0.5, 0.9)


def _panel(units: np.ndarray) -> Panel:
    series, weeks = units.shape
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{number:03d}" for number in range(series)], weeks),
            "ds": np.tile(pd.date_range("2021-01-04", periods=weeks, freq="7D"), series),
            "y": units.ravel().astype(float),
        }
    )
    return panel_from_frame(frame, frequency("W"))


def _predict(panel: Panel, horizon: int) -> np.ndarray:
    return to_cube(PooledSeasonality().predict(panel, horizon, LEVELS), panel, horizon, LEVELS)


@pytest.mark.parametrize("weeks", [104, 130, 150])
def test_slow_sellers_follow_the_season_of_all_of_them(weeks: int) -> None:
    season = 1 + 0.8 * np.sin(np.arange(weeks + 26) * 2 * np.pi / 52)
    units = np.random.default_rng(0).poisson(1.5 * season[:weeks], size=(200, weeks))
    found = _predict(_panel(units), 26).mean(axis=(0, 2))
    assert np.corrcoef(found, season[weeks:])[0, 1] > 0.95
    assert found.mean() == pytest.approx(1.5 * season[weeks:].mean(), rel=0.3)


def test_a_short_history_has_a_level_and_no_season() -> None:
    units = np.random.default_rng(0).poisson(6.0, size=(20, 40))
    found = _predict(_panel(units), 4)
    assert np.ptp(found, axis=1).max() == 0
    assert found[..., 1].mean() == pytest.approx(6.0, abs=0.7)


def test_quantiles_are_finite_and_ordered_for_series_that_never_sell() -> None:
    units = np.random.default_rng(0).poisson(2.0, size=(3, 120))
    units[0] = 0
    found = _predict(_panel(units), 3)
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=2) >= 0).all()
    assert found[0].max() == 0
