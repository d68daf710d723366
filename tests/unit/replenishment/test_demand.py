"""Demand over days that are themselves random, checked against the exact mixture."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecasting.replenishment.cycle import simulate_cycle
from forecasting.replenishment.demand import DemandTotals, Scenarios
from retail.vocabulary import TOTAL_LEVELS
from tests.unit.replenishment.market import gamma_demand, plain_supply

SCENARIOS = Scenarios.draw()


def test_each_day_s_total_has_the_forecast_distribution() -> None:
    demand = gamma_demand(3.0, shape=1.5)
    paths = demand.paths(SCENARIOS.demand, 28)
    for day in (1, 7, 28):
        levels = np.array([0.1, 0.5, 0.9, 0.98])
        exact = stats.gamma.ppf(levels, 1.5 * day, scale=2.0)
        assert np.quantile(paths[0, day], levels) == pytest.approx(exact, rel=0.04, abs=0.15)
    assert (np.diff(paths, axis=1) >= 0).all()


def test_demand_over_a_random_protection_period_is_the_mixture_over_its_lengths() -> None:
    """Half the orders take 2 days and half 12: the 95% level is not that of the mean lead time."""
    demand = gamma_demand(4.0, shape=2.0)
    lead_times = np.where(SCENARIOS.next_lead_time < 0.5, 2, 12)[None, :].astype(np.int64)
    first = np.full_like(lead_times, 0)
    cycle = simulate_cycle(demand, plain_supply(1, SCENARIOS, lead_time=first, next_lead_time=lead_times), SCENARIOS)
    units = np.linspace(0, 200, 4001)
    exact = 0.5 * stats.gamma.cdf(units, 2 * 9, scale=2.0) + 0.5 * stats.gamma.cdf(units, 2 * 19, scale=2.0)
    for level in (0.25, 0.5, 0.75, 0.95):
        assert np.quantile(cycle.servable[0], level) == pytest.approx(units[np.searchsorted(exact, level)], rel=0.04)


def test_beyond_the_horizon_the_mean_is_a_line_and_the_spread_grows_with_the_root() -> None:
    demand = gamma_demand(5.0)
    paths = demand.paths(SCENARIOS.demand, 28)
    days = np.full((1, len(SCENARIOS)), 112)
    far, near = demand.at(paths, days)[0], paths[0, 28]
    assert far.mean() == pytest.approx(4 * near.mean(), rel=0.01)
    assert far.std() == pytest.approx(2 * near.std(), rel=0.01)


def test_only_whole_units_are_asked_for_where_only_whole_units_are_sold() -> None:
    paths = gamma_demand(0.3, whole=True).paths(SCENARIOS.demand, 28)
    assert (paths == np.rint(paths)).all()
    assert paths[0, 28].mean() == pytest.approx(28 * 0.3, rel=0.05)


def test_the_share_of_today_that_is_over_is_taken_off() -> None:
    demand = gamma_demand(8.0, share_gone=0.75)
    paths = demand.paths(SCENARIOS.demand, 28)
    assert paths[0, 1].mean() == pytest.approx(2.0, rel=0.03)
    assert paths[0, 28].mean() == pytest.approx(28 * 8 - 6, rel=0.01)
    assert demand.expected(7)[0] == pytest.approx(50)


def test_days_between_the_cutoff_and_today_are_over() -> None:
    demand = gamma_demand(8.0)
    later = DemandTotals(demand.mean, demand.quantiles, demand.is_whole, 3, demand.share_gone)
    assert later.horizon == 25
    assert later.expected(7)[0] == pytest.approx(56)
    assert later.paths(SCENARIOS.demand, 28)[0, 7].mean() == pytest.approx(56, rel=0.03)


def test_what_is_lost_is_the_largest_excess_so_far_and_a_delivery_ends_it() -> None:
    demand = gamma_demand(2.0, shape=1e6)
    arrivals = plain_supply(1, SCENARIOS).arrivals
    arrivals = arrivals.reindex([0]).assign(row=0, day=5, quantity=100.0)
    supply = plain_supply(1, SCENARIOS, available=np.array([4.0]), arrivals=arrivals)
    late = plain_supply(1, SCENARIOS, available=np.array([4.0]), arrivals=arrivals, order_day=np.array([10]))
    assert simulate_cycle(demand, supply, SCENARIOS).lost_before.mean() == pytest.approx(0, abs=0.01)
    cycle = simulate_cycle(demand, late, SCENARIOS)
    assert cycle.lost_before.mean() == pytest.approx(6, rel=0.01)  # days 3 to 5
    assert cycle.is_out[0, [0, 4, 27]].tolist() == [0, 1, 1]


def test_stock_expires_first_in_first_out() -> None:
    demand = gamma_demand(2.0, shape=1e6)
    batches = plain_supply(1, SCENARIOS).batches.reindex([0, 1]).assign(row=0, day=[1, 4], quantity=[5.0, 10.0])
    supply = plain_supply(1, SCENARIOS, available=np.array([15.0]), batches=batches)
    # 5 units with a day left sell 2; of all 15 units 8 can be sold in four days
    assert simulate_cycle(demand, supply, SCENARIOS).expiring[0] == pytest.approx(7, rel=0.01)


@pytest.mark.parametrize(("stock", "arrival"), [(0.0, 2), (4.0, 2), (10.0, 9), (18.0, 9)])
def test_what_can_still_be_served_is_what_a_simulation_serves(stock: float, arrival: int) -> None:
    """Days that depend on each other, stock that runs out before the order comes: upper levels within 5%."""
    generator = np.random.default_rng(2)
    scores = 0.45 * generator.standard_normal((20_000, 1)) + 0.89 * generator.standard_normal((20_000, 16))
    days = stats.gamma.ppf(stats.norm.cdf(scores), 2.0, scale=1.0).cumsum(axis=1)
    end = arrival + 7
    demand = DemandTotals(
        mean=days.mean(axis=0)[None],
        quantiles=np.quantile(days, TOTAL_LEVELS, axis=0).T[None],
        is_whole=np.array([False]),
        days_gone=0,
        share_gone=np.zeros(1),
    )
    fixed = np.full((1, len(SCENARIOS)), arrival, dtype=np.int64)
    supply = plain_supply(1, SCENARIOS, available=np.array([stock]), lead_time=fixed, next_lead_time=fixed)
    served = days[:, end - 1] - np.maximum(days[:, arrival - 1] - stock, 0.0)
    found = simulate_cycle(demand, supply, SCENARIOS).servable[0]
    assert np.quantile(found, [0.9, 0.95, 0.98]) == pytest.approx(np.quantile(served, [0.9, 0.95, 0.98]), rel=0.05)
    assert found.mean() == pytest.approx(served.mean(), rel=0.05)
