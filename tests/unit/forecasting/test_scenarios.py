"""Scenarios: what promotion and price do to the served forecast, within sane bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting import scenarios as module
from forecasting import tables
from forecasting.panel import Panel
from forecasting.scenarios import scenarios

DAYS, AHEAD = 364, 14
ELASTICITY, LIFT = -2.0, 1.8


@pytest.fixture
def panel() -> Panel:
    """Twenty products whose price moves every fortnight and that are promoted, at the same price, one day in six."""
    generator = np.random.default_rng(6)
    width = DAYS + AHEAD
    price = np.exp(generator.normal(0.7, 0.12, (20, width // 14))).repeat(14, axis=1).astype(np.float32)
    promoted = (generator.random((20, width)) < 1 / 6).astype(np.float32)
    mean = 30 * (price / 2) ** ELASTICITY * np.where(promoted == 1, LIFT, 1)
    units = generator.poisson(mean[:, :DAYS]).astype(np.float32)
    series = pd.DataFrame(
        {
            "unique_id": [f"S1|P{number}" for number in range(20)],
            "level": "product_store",
            "store_id": "S1",
            "product_id": [f"P{number}" for number in range(20)],
            "category": "Snacks",
        }
    )
    dates = pd.date_range("2023-07-03", periods=DAYS)
    known = {"is_promoted": promoted, "price": price}
    return Panel(series, dates, units, np.ones(units.shape, dtype=bool), known)


def _cube(series: int) -> np.ndarray:
    return np.broadcast_to(np.arange(1.0, 10.0, dtype=np.float32), (series, AHEAD, 9)).copy()


def _ratio(found: pd.DataFrame, name: str) -> pd.Series:
    keys = ["series_id", "target_date"]
    both = found[found["scenario"] == name].merge(found[found["scenario"] == "baseline"], on=keys)
    return both["q50_x"] / both["q50_y"]


def test_a_row_per_series_day_and_scenario_with_the_columns_of_the_table(panel: Panel) -> None:
    found = scenarios(panel, _cube(20), AHEAD)
    assert list(found.columns) == list(tables.SCHEMAS[tables.FORECAST_SCENARIOS])
    names = ["baseline", "promotion", "no_promotion", "price_-20%", "price_-10%", "price_+10%", "price_+20%"]
    assert found["scenario"].unique().tolist() == names
    assert len(found) == len(names) * 20 * AHEAD
    baseline = found[found["scenario"] == "baseline"]
    assert baseline[["q10", "q50", "q90"]].drop_duplicates().to_numpy().tolist() == [[1.0, 5.0, 9.0]]


def test_prices_move_demand_by_the_elasticity_of_the_history(panel: Panel) -> None:
    found = scenarios(panel, _cube(20), AHEAD)
    usual = np.exp(0.8 * ELASTICITY * np.log(0.9) + 0.2 * -1.0 * np.log(0.9))
    assert _ratio(found, "price_-10%").mean() == pytest.approx(usual, rel=0.06)
    ratios = [_ratio(found, f"price_{change}").mean() for change in ("-20%", "-10%", "+10%", "+20%")]
    assert ratios == sorted(ratios, reverse=True)


def test_promotions_lift_days_without_one_and_their_end_lowers_planned_days(panel: Panel) -> None:
    found = scenarios(panel, _cube(20), AHEAD)
    planned = panel.future("is_promoted", AHEAD).ravel() == 1
    on, off = _ratio(found, "promotion").to_numpy(), _ratio(found, "no_promotion").to_numpy()
    assert on[~planned].mean() == pytest.approx(LIFT, rel=0.1)
    assert off[planned].mean() == pytest.approx(1 / LIFT, rel=0.1)
    assert (on[planned] == 1).all()
    assert (off[~planned] == 1).all()


def test_demand_that_rose_with_the_price_gives_no_rising_scenario(panel: Panel) -> None:
    price = panel.known["price"]
    units = np.random.default_rng(7).poisson(20 * price[:, :DAYS] ** 3.0).astype(np.float32)
    found = scenarios(replace(panel, units=units, known={"price": price}), _cube(20), AHEAD)
    assert (_ratio(found, "price_+20%") <= 1).all()
    assert (_ratio(found, "price_-20%") >= 1).all()


def test_without_covariates_the_baseline_is_all_there_is(panel: Panel) -> None:
    found = scenarios(replace(panel, known={}), _cube(20), AHEAD)
    assert found["scenario"].unique().tolist() == ["baseline"]


def test_only_the_busiest_products_and_no_categories(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SERIES", 3)
    units = panel.units * 2.0 ** np.arange(20, dtype=np.float32)[:, None]
    levels = ["product_store"] * 19 + ["category_store"]
    made = replace(panel, units=units, series=panel.series.assign(level=levels))
    found = scenarios(made, _cube(20), AHEAD)
    assert set(found["product_id"]) == {"P16", "P17", "P18"}


def test_a_panel_of_categories_alone_has_none(panel: Panel) -> None:
    made = replace(panel, series=panel.series.assign(level="category_store"))
    assert scenarios(made, _cube(20), AHEAD).empty
