"""Estimates of the demand that empty shelves did not serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from forecasting.panel import Panel
from forecasting.panel.censored import mean_given_at_least, mean_given_share
from forecasting.panel.correction import correct
from tests.unit.forecasting.conftest import WEEK


def _panel(units: np.ndarray, in_stock: np.ndarray, availability: np.ndarray | None = None) -> Panel:
    names = [f"series {number:03}" for number in range(len(units))]
    return Panel(
        pd.DataFrame({"unique_id": names, "store_id": "S1", "category": "Dairy"}),
        pd.date_range("2024-01-01", periods=units.shape[1]),
        units.astype(np.float32),
        in_stock.astype(bool),
        availability=None if availability is None else availability.astype(np.float32),
    )


@pytest.fixture(scope="module")
def shop() -> tuple[np.ndarray, Panel]:
    """True demand of 60 series in 200 days, and what a shelf of limited stock made of it; no hours are known."""
    generator = np.random.default_rng(4)
    dates = pd.date_range("2024-01-01", periods=200)
    mean = generator.uniform(0.5, 8, (60, 1)) * WEEK[dates.day_of_week] * generator.lognormal(0, 0.15, 200)
    demand = generator.poisson(mean * generator.gamma(4, 1 / 4, mean.shape)).astype(float)
    empty = generator.random(demand.shape) < 0.05
    stock = np.where(empty, 0, np.ceil(generator.lognormal(0.6, 0.5, demand.shape) * mean.mean(axis=1, keepdims=True)))
    sold = np.minimum(demand, stock)
    is_out = sold >= stock
    return demand, _panel(sold, ~is_out, np.where(is_out, np.where(empty, 0, np.nan), 1))


@pytest.mark.parametrize(("units", "mean", "shape"), [(1, 0.1, 1), (5, 4, 3), (12, 3, 1.5), (40, 50, 20)])
def test_the_mean_beyond_what_was_sold_is_that_of_the_distribution(units: int, mean: float, shape: float) -> None:
    counts = np.arange(units, 5000)
    weight = nbinom.pmf(counts, shape, shape / (shape + mean))
    found = mean_given_at_least(np.array([units], float), np.array([mean]), np.array([shape]))
    assert found[0] == pytest.approx((counts * weight).sum() / weight.sum(), rel=1e-6)


def test_what_cannot_have_been_is_still_a_number() -> None:
    found = mean_given_at_least(np.array([0.0, 5, 1e6]), np.array([0.0, 0, 0.01]), np.array([2.0, 2, 2]))
    assert found == pytest.approx([0, 5, 1e6], abs=1)


def test_the_share_served_moves_from_the_usual_to_what_was_sold() -> None:
    units, mean, shape = np.array([6.0]), np.array([4.0]), np.array([3.0])
    shares = [0.0, 0.5, 1.0]
    found = [float(mean_given_share(units * share, np.array([share]), mean, shape)[0]) for share in shares]
    assert found == pytest.approx([4.0, 3 + 0.5 * (3 + 3) * 4 / (3 + 2), 6.0])


def test_the_estimate_is_closer_to_true_demand_than_sales_and_than_the_mean(shop: tuple[np.ndarray, Panel]) -> None:
    demand, panel = shop
    corrected = correct(panel)
    out = ~panel.in_stock & np.isfinite(corrected.corrected)
    mean = np.broadcast_to(np.nanmean(panel.y, axis=1, keepdims=True), demand.shape)

    def error(estimate: np.ndarray) -> float:
        return float(np.abs(estimate - demand)[out].sum() / demand[out].sum())

    assert error(corrected.corrected) < 0.9 * min(error(panel.units), error(mean))
    assert corrected.corrected[out].sum() == pytest.approx(demand[out].sum(), rel=0.05)
    assert np.where(panel.in_stock, panel.units, corrected.corrected).sum() == pytest.approx(demand.sum(), rel=0.02)
    assert panel.units.sum() < 0.9 * demand.sum()


def test_units_stay_and_estimates_lie_between_them_and_twice_the_best_day(shop: tuple[np.ndarray, Panel]) -> None:
    _, panel = shop
    corrected = correct(panel)
    assert np.array_equal(corrected.units, panel.units)
    assert np.array_equal(np.isfinite(corrected.corrected), ~panel.in_stock)
    best = np.nanmax(panel.y, axis=1, keepdims=True)
    out = ~panel.in_stock
    assert (corrected.corrected >= panel.units)[out].all()
    assert (corrected.corrected <= np.maximum(2 * best, panel.units))[out].all()


def test_a_panel_without_stockouts_has_nothing_to_estimate(panel: Callable[..., Panel]) -> None:
    made = panel()
    corrected = correct(made)
    assert np.isnan(corrected.corrected).all()
    assert np.array_equal(corrected.demand, made.units)


def test_a_series_never_seen_in_stock_stays_unknown() -> None:
    units = np.array([[2.0] * 40, [0.0] * 40])
    in_stock = np.array([[True] * 40, [False] * 40])
    corrected = correct(_panel(units, in_stock)).corrected
    assert np.isnan(corrected[1]).all()


def test_nobody_knows_the_demand_of_a_product_that_has_been_missing_for_four_weeks() -> None:
    units = np.full((1, 100), 3.0)
    units[0, 50:90] = 0
    corrected = correct(_panel(units, units > 0)).corrected[0]
    assert corrected[50:78] == pytest.approx(np.full(28, 3.0), rel=0.1)
    assert np.isnan(corrected[78:90]).all()
    assert np.isnan(corrected[90:]).all()


def test_nothing_is_asked_for_on_a_closed_day() -> None:
    units, in_stock = np.full((5, 60), 4.0), np.ones((5, 60), dtype=bool)
    units[:, 30] = 0
    in_stock[0, 30] = False
    is_open = np.ones((5, 70), dtype=np.float32)
    is_open[:, 30] = 0
    made = _panel(units, in_stock)
    assert correct(made).corrected[0, 30] > 0
    assert correct(replace(made, known={"is_open": is_open})).corrected[0, 30] == 0


def test_a_promoted_day_is_estimated_with_its_lift() -> None:
    generator = np.random.default_rng(1)
    promoted = np.zeros((20, 140), dtype=np.float32)
    promoted[:, ::10] = 1
    demand = generator.poisson(5 * (1 + promoted)).astype(float)
    in_stock = np.ones(demand.shape, dtype=bool)
    in_stock[:, [70, 75]] = False
    made = _panel(np.where(in_stock, demand, 0), in_stock)
    corrected = correct(replace(made, known={"is_promoted": promoted})).corrected
    assert corrected[:, 70].mean() == pytest.approx(10, rel=0.15)
    assert corrected[:, 75].mean() == pytest.approx(5, rel=0.15)


def test_weight_is_estimated_like_pieces() -> None:
    generator = np.random.default_rng(2)
    demand = generator.poisson(6, (20, 120)) * 0.25
    in_stock = generator.random(demand.shape) > 0.1
    corrected = correct(_panel(np.where(in_stock, demand, 0), in_stock)).corrected
    assert corrected[~in_stock].sum() == pytest.approx(demand[~in_stock].sum(), rel=0.1)


def test_a_spike_does_not_spread_beyond_the_cap() -> None:
    units, in_stock = np.full((3, 60), 2.0), np.ones((3, 60), dtype=bool)
    units[0, 10], in_stock[0, 11], units[0, 11] = 1e6, False, 0
    corrected = correct(_panel(units, in_stock)).corrected[0, 11]
    assert np.isfinite(corrected)
    assert corrected <= 2e6


def test_an_estimate_never_reaches_a_panel_that_ends_earlier(shop: tuple[np.ndarray, Panel]) -> None:
    corrected = correct(shop[1])
    assert corrected.until(150).corrected is None
    assert corrected.take(np.array([2])).corrected.shape == (1, 200)


def test_bulk_sales_are_no_demand_but_stay_in_the_units() -> None:
    units = np.full((1, 30), 2.0)
    units[0, 7] = 52
    excess = np.zeros((1, 30), dtype=np.float32)
    excess[0, 7] = 50
    made = replace(_panel(units, units > 0), excess=excess)
    assert made.units[0, 7] == 52
    assert made.y[0, 7] == 2
    assert made.until(8).y[0, 7] == 2
    assert made.take(np.array([0])).demand[0, 7] == 2
