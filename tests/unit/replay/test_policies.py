"""The rules that the panel replay fixes, and the rivals."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.replenishment.replay.policies import MeanMultiple, MinMax, best_constant, recent_mean, start_world
from forecasting.replenishment.replay.simulation import Moment, Prices, costs, simulate

PRICES = Prices(holding=0.2, shortage=1.0)


def _moment(position: float, period: int = 0) -> Moment:
    on_hand = np.array([position])
    return Moment(period, on_hand, on_hand[:, None], np.zeros((1, 0)), np.zeros((1, 0), dtype=np.int64))


def test_the_start_is_twice_the_mean_on_hand_and_one_mean_due_in_each_period_of_the_lead_time() -> None:
    demand = np.concatenate([np.full((1, 5), 99.0), np.full((1, 13), 1.2), np.full((1, 4), 7.0)], axis=1)
    world = start_world(demand, 18, 4, lead_time=2, review=1)
    assert world.on_hand.tolist() == [3]
    assert world.in_transit.tolist() == [[2, 2]]
    assert world.demand.tolist() == [[7, 7, 7, 7]]


def test_the_recent_mean_takes_thirteen_periods_up_to_the_moment() -> None:
    demand = np.arange(30.0)[None]
    assert recent_mean(demand, 20).tolist() == [np.arange(7, 20).mean()]


def test_a_multiple_orders_the_position_up_to_it() -> None:
    demand = np.full((1, 20), 2.0)
    assert MeanMultiple("four", demand, 15, 4.0).order(_moment(5.0)).tolist() == [3]


def test_minimum_and_maximum_order_nothing_above_the_minimum() -> None:
    policy = MinMax("min_max", np.full((1, 20), 2.0), 15, protection=3, review=1)
    # minimum: 1.3 × 6 + 0.6 × √6 = 9.27, so 10; maximum 12
    assert policy.order(_moment(11.0)).tolist() == [0]
    assert policy.order(_moment(10.0)).tolist() == [2]


def test_the_best_constant_is_the_cheapest_on_the_periods_before_the_hold_out_and_knows_nothing_of_it() -> None:
    generator = np.random.default_rng(2)
    demand = generator.poisson(3.0, size=(6, 60)).astype(float)
    start = 52
    found = best_constant(demand, start, PRICES, lead_time=2, review=1)
    world = start_world(demand, start - 26, 26, lead_time=2, review=1)

    def cost(multiple: float) -> float:
        tally = simulate(world, MeanMultiple("", demand, start - 26, multiple))
        return sum(float(amount.sum()) for amount in costs(tally, PRICES).values())

    assert cost(found.multiple) == min(cost(round(0.1 * step, 1)) for step in range(121))
    elsewhere = demand.copy()
    elsewhere[:, start:] = 500.0
    assert best_constant(elsewhere, start, PRICES, lead_time=2, review=1).multiple == found.multiple


def test_without_demand_nothing_is_ordered() -> None:
    demand = np.zeros((2, 40))
    assert best_constant(demand, 30, PRICES, lead_time=1, review=2).multiple == pytest.approx(0.0)
