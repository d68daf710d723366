"""New products forecast as their like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.models.analogues import Analogues, blend
from forecasting.models.protocol import to_cube
from forecasting.panel import Panel
from tests.unit.forecasting.conftest import WEEK

LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture
def shop() -> Panel:
    """Five cheap products that sell 20 a day, five dear ones that sell 2, and a new one of each; 84 days."""
    generator = np.random.default_rng(6)
    dates = pd.date_range("2024-01-01", periods=84)
    level = np.repeat([20.0, 2.0], 6)[:, None]
    units = generator.poisson(level * WEEK[dates.day_of_week]).astype(np.float32)
    units[[5, 11], :-1] = np.nan
    series = pd.DataFrame(
        {
            "unique_id": [f"series {number:02}" for number in range(12)],
            "store_id": "S1",
            "category": "Dairy",
            "price_band": np.repeat(["low", "high"], 6),
        }
    )
    return Panel(series, dates, units, np.isfinite(units))


def _cube(panel: Panel) -> np.ndarray:
    return to_cube(Analogues().predict(panel, 14, LEVELS), panel, 14, LEVELS)


def test_a_new_product_sells_as_those_of_its_price_band(shop: Panel) -> None:
    cube = _cube(shop)
    assert cube[5, :, 1].mean() == pytest.approx(20, rel=0.1)
    assert cube[11, :, 1].mean() == pytest.approx(2, rel=0.25)
    weekday = shop.future_dates(14).day_of_week
    assert cube[5, weekday == 5, 1].mean() > 1.4 * cube[5, weekday == 1, 1].mean()
    assert (np.diff(cube, axis=-1) >= 0).all()


def test_too_few_analogues_are_looked_for_more_widely(shop: Panel) -> None:
    lonely = replace(shop, series=shop.series.assign(price_band=[f"band {n}" for n in range(12)]))
    middle = _cube(lonely)[[5, 11], :, 1]
    assert middle[0].tolist() == middle[1].tolist()
    assert 2 < middle.mean() < 20


def test_weeks_have_no_weekdays(shop: Panel) -> None:
    from forecasting.frequency import frequency

    cube = _cube(replace(shop, frequency=frequency("W"), dates=pd.date_range("2020-01-06", periods=84, freq="7D")))
    assert (cube == cube[:, :1]).all()


def test_a_panel_of_new_products_has_no_analogues(shop: Panel) -> None:
    assert np.isnan(_cube(shop.take(np.array([5, 11])))).all()


def test_the_blend_moves_from_the_analogues_to_the_series_itself() -> None:
    own, like = np.full((3, 2, 3), 10.0, np.float32), np.full((3, 2, 3), 2.0, np.float32)
    mixed = blend(own, like, np.array([0, 5, 995]), evidence=5)
    assert mixed[:, 0, 0] == pytest.approx([2, 6, 9.96])


def test_the_blend_takes_what_there_is() -> None:
    own, like = np.full((2, 1, 1), 10.0, np.float32), np.full((2, 1, 1), 2.0, np.float32)
    own[0], like[1] = np.nan, np.nan
    assert blend(own, like, np.array([3, 3])).ravel().tolist() == [2, 10]
