"""Effects of known covariates: found again where they were put, left alone where there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.models.chronos import Chronos
from forecasting.models.covariates import adjustment
from forecasting.models.design import closed_ahead
from forecasting.models.protocol import to_cube
from forecasting.panel import Panel

DAYS, AHEAD = 420, 28
LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture
def stores() -> Panel:
    """Twelve stores, closed every seventh day, that sell 30 to 60% more in promotions of five days every fortnight."""
    generator = np.random.default_rng(1)
    day = np.arange(DAYS + AHEAD)
    is_open = np.broadcast_to((day % 7 != 6).astype(np.float32), (12, len(day)))
    promoted = np.broadcast_to((day % 14 < 5).astype(np.float32), (12, len(day)))
    level = generator.uniform(300, 3000, (12, 1))
    units = level * np.where(promoted == 1, np.linspace(1.3, 1.6, 12)[:, None], 1) * is_open
    units = generator.poisson(units)[:, :DAYS].astype(np.float32)
    names = pd.DataFrame({"unique_id": [f"s{number:02d}" for number in range(12)]})
    return Panel(
        names,
        pd.date_range("2023-01-02", periods=DAYS),
        units,
        np.ones(units.shape, dtype=bool),
        {"Open": is_open.copy(), "Promo": promoted.copy()},
    )


def test_effects_are_found_again(stores: Panel) -> None:
    found = adjustment(stores, AHEAD)
    assert found is not None
    assert found.effects.names == ("Promo",)
    assert np.exp(found.effects.coefficients[:, 0]) == pytest.approx(np.linspace(1.3, 1.6, 12), rel=0.05)


def test_closed_days_to_come_sell_nothing_and_promoted_ones_more(stores: Panel) -> None:
    cube = to_cube(Chronos().predict(stores, AHEAD, LEVELS), stores, AHEAD, LEVELS)
    is_open, promoted = stores.future("Open", AHEAD) == 1, stores.future("Promo", AHEAD) == 1
    assert (cube[~is_open] == 0).all()
    ratio = cube[..., 1][is_open & promoted].mean() / cube[..., 1][is_open & ~promoted].mean()
    assert ratio == pytest.approx(1.45, rel=0.15)


def test_the_history_without_effects_is_level_and_unknown_where_closed(stores: Panel) -> None:
    found = adjustment(stores, AHEAD)
    assert found is not None
    plain = found.remove(stores.demand)
    promoted, is_open = stores.known["Promo"][:, :DAYS] == 1, stores.known["Open"][:, :DAYS] == 1
    assert np.isnan(plain[~is_open]).all()
    assert plain[promoted & is_open].mean() == pytest.approx(plain[~promoted & is_open].mean(), rel=0.03)


def test_a_covariate_without_any_effect_changes_nothing(stores: Panel) -> None:
    noise = np.random.default_rng(2).normal(size=(12, DAYS + AHEAD)).astype(np.float32)
    steady = np.random.default_rng(3).poisson(20, (12, DAYS)).astype(np.float32)
    found = adjustment(replace(stores, units=steady, known={"noise": noise}), AHEAD)
    assert found is None or np.abs(found.factor - 1).max() < 0.1


def test_rare_sales_take_the_effect_of_all_series(stores: Panel) -> None:
    units = stores.units.copy()
    units[0] = np.random.default_rng(4).poisson(0.02, DAYS)
    found = adjustment(replace(stores, units=units), AHEAD)
    assert found is not None
    assert np.exp(found.effects.coefficients[0, 0]) == pytest.approx(1.45, rel=0.15)


def test_a_higher_price_that_sold_less_is_an_elasticity(stores: Panel) -> None:
    generator = np.random.default_rng(5)
    price = np.exp(generator.normal(0, 0.15, (12, (DAYS + AHEAD) // 14))).repeat(14, axis=1).astype(np.float32)
    units = generator.poisson(50 * price[:, :DAYS] ** -2.0).astype(np.float32)
    found = adjustment(replace(stores, units=units, known={"price": price}), AHEAD)
    assert found is not None
    assert found.effects.coefficients.mean() == pytest.approx(-2.0, abs=0.35)


@pytest.mark.parametrize("known", ["none", "constant", "unknown"])
def test_without_covariates_that_vary_there_is_nothing_to_adjust(stores: Panel, known: str) -> None:
    values = {"none": {}, "constant": {"price": np.full((12, DAYS), 2.0, dtype=np.float32)}}
    unknown = {"price": np.full((12, DAYS), np.nan, dtype=np.float32)}
    assert adjustment(replace(stores, known=values.get(known, unknown)), AHEAD) is None


def test_hostile_series_do_not_break_it(stores: Panel) -> None:
    units = stores.units.copy()
    units[0] = 0
    units[1, :-1] = np.nan
    units[2, 60] = 1e9
    in_stock = stores.in_stock.copy()
    in_stock[3] = False
    found = adjustment(replace(stores, units=units, in_stock=in_stock), AHEAD)
    assert found is not None
    assert np.isfinite(found.factor).all()


def test_rare_sales_that_miss_a_promotion_by_chance_do_not_make_it_a_closure(stores: Panel) -> None:
    units = np.random.default_rng(9).poisson(0.002, (12, DAYS)).astype(np.float32)
    units[stores.known["Promo"][:, :DAYS] == 1] = 0
    known = {"Promo": stores.known["Promo"]}
    assert not closed_ahead(replace(stores, units=units, known=known), AHEAD).any()


def test_open_days_that_sales_contradict_are_not_believed(stores: Panel) -> None:
    wrong = {"is_open": 1 - stores.known["Promo"]}
    assert not closed_ahead(replace(stores, known=wrong), AHEAD).any()
    assert closed_ahead(replace(stores, known={"is_open": stores.known["Open"]}), AHEAD).any()
