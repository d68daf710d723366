"""LightGBM over features: nothing from the future, covariates are learnt, the same answer twice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.models.features import Features
from forecasting.models.gradient_boosting import GradientBoosting
from forecasting.models.protocol import to_cube
from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame
from retail.errors import ForecastError

LEVELS = (0.1, 0.5, 0.9)
PROMOTED = 3.0


def _cube(panel: Panel, horizon: int = 14) -> np.ndarray:
    model = GradientBoosting()
    return to_cube(model.predict(panel, horizon, LEVELS), panel, horizon, LEVELS)


@pytest.fixture
def promoted() -> Panel:
    """Thirty series of 112 days that sell three times as much on promoted days, known for 14 more."""
    generator = np.random.default_rng(8)
    series, days, ahead = 30, 112, 14
    flag = (generator.random((series, days + ahead)) < 0.2).astype(np.float32)
    level = np.geomspace(2, 40, series)[:, None]
    units = generator.poisson(level * np.where(flag[:, :days] == 1, PROMOTED, 1.0)).astype(np.float32)
    dates = pd.date_range("2024-01-01", periods=days)
    names = pd.DataFrame({"unique_id": [f"s{number}" for number in range(series)]})
    return Panel(names, dates, units, np.ones_like(units, dtype=bool), {"is_promoted": flag})


def test_features_do_not_change_with_what_happens_after_the_origin(promoted: Panel) -> None:
    rows, steps = np.repeat(np.arange(len(promoted)), 14), np.tile(np.arange(14), len(promoted))
    later = promoted.units.copy()
    later[:, 100:] = 1000.0
    before, after = (Features(panel, 14) for panel in (promoted, replace(promoted, units=later)))
    assert np.array_equal(before.table(100, rows, steps), after.table(100, rows, steps), equal_nan=True)
    assert np.array_equal(before.scale(100, rows, steps), after.scale(100, rows, steps))


def test_features_do_not_tell_days_without_a_price_from_others(promoted: Panel) -> None:
    price = np.full_like(promoted.known["is_promoted"], 2.5)
    unpriced = price.copy()
    unpriced[:, 1::2] = np.nan
    rows, steps = np.arange(len(promoted)), np.zeros(len(promoted), dtype=np.int64)
    full, gaps = (Features(replace(promoted, known={"price": values}), 14) for values in (price, unpriced))
    assert np.array_equal(full.table(90, rows, steps), gaps.table(90, rows, steps), equal_nan=True)


def test_known_promotions_raise_the_forecast_of_their_days(promoted: Panel) -> None:
    median = _cube(promoted)[..., 1]
    ahead = promoted.future("is_promoted", 14) == 1
    level = np.geomspace(2, 40, len(promoted))[:, None]
    ratio = median / level
    assert ratio[ahead].mean() == pytest.approx(PROMOTED, rel=0.15)
    assert ratio[~ahead].mean() == pytest.approx(1.0, rel=0.15)


def test_the_same_panel_gives_the_same_quantiles_sorted_from_zero_up(promoted: Panel) -> None:
    once, again = _cube(promoted), _cube(promoted)
    assert (once == again).all()
    assert (once >= 0).all()
    assert (np.diff(once, axis=-1) >= 0).all()


def test_hostile_series_do_not_break_it(promoted: Panel) -> None:
    units = promoted.units.copy()
    units[0] = 0
    units[1, :-1] = np.nan
    units[2, 60] = 1e6
    in_stock = promoted.in_stock.copy()
    in_stock[3] = False
    in_stock[4, ::2] = False
    cube = _cube(replace(promoted, units=units, in_stock=in_stock))
    assert np.isfinite(cube).all()
    assert cube[0].max() == pytest.approx(0, abs=0.05)


def test_a_history_too_short_to_learn_from_is_said() -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2024-01-01", periods=20), "y": 1.0})
    with pytest.raises(ForecastError, match="too few for LightGBM"):
        _cube(panel_from_frame(frame))


def test_without_the_library_the_model_is_left_out(
    panel: Callable[..., Panel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(ForecastError, match="cannot be used"):
        _cube(panel())


def test_a_short_history_is_learnt_from_as_far_as_it_reaches(promoted: Panel) -> None:
    cube = _cube(promoted.until(20))
    assert np.isfinite(cube).all()
    assert cube.shape == (30, 14, 3)


def test_levels_between_trained_ones_lie_half_way(promoted: Panel) -> None:
    model = GradientBoosting()
    levels = (0.1, 0.2, 0.3)
    cube = to_cube(model.predict(promoted, 7, levels), promoted, 7, levels)
    assert cube[..., 1] == pytest.approx((cube[..., 0] + cube[..., 2]) / 2, rel=1e-4, abs=1e-4)


def test_nothing_is_sold_on_days_known_to_be_closed(promoted: Panel) -> None:
    is_open = np.broadcast_to((np.arange(126) % 7 != 3).astype(np.float32), (30, 126))
    units = promoted.units * is_open[:, :112]
    made = replace(promoted, units=units, known={**promoted.known, "is_open": is_open.copy()})
    cube = _cube(made)
    closed = made.future("is_open", 14) == 0
    assert (cube[closed] == 0).all()
    assert (cube[~closed][:, 2] > 0).all()
