"""Projected stock and the cheapest order, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.replenishment.replay.look_ahead import LookAhead, cheapest, needed
from forecasting.replenishment.replay.simulation import Moment


def _paths(*paths: list[float]) -> np.ndarray:
    return np.array(paths, dtype=np.float32)[:, None, :]


def test_what_is_lost_before_the_order_arrives_is_not_ordered_for() -> None:
    found = needed(_paths([5, 5, 3]), np.array([4.0]), np.zeros((1, 3)), lead_time=2)
    assert found.tolist() == [[[3.0]]]


def test_what_is_left_until_the_order_arrives_is_taken_off_and_deliveries_count_when_they_come() -> None:
    arrivals = np.array([[0.0, 6.0, 0.0]])
    found = needed(_paths([5, 2, 3]), np.array([4.0]), arrivals, lead_time=2)
    # 4 − 5: empty, one lost; 6 − 2 = 4 left; 3 wanted: one stays
    assert found.tolist() == [[[-1.0]]]


def test_with_a_longer_review_the_need_is_the_highest_so_far() -> None:
    arrivals = np.array([[0.0, 0.0, 7.0]])
    found = needed(_paths([4, 3, 2]), np.array([1.0]), arrivals, lead_time=0)
    assert found.tolist() == [[[3.0, 6.0, 6.0]]]


def test_the_cheapest_order_is_the_critical_quantile_where_every_period_can_order() -> None:
    needs = np.arange(1.0, 101.0)[:, None, None]
    assert cheapest(needs, holding=1.0, shortage=4.0).tolist() == [80]
    assert cheapest(needs, holding=4.0, shortage=1.0).tolist() == [20]


def test_the_cheapest_order_is_the_one_of_all_quantities_that_costs_least() -> None:
    generator = np.random.default_rng(3)
    demand = generator.poisson(4.0, size=(400, 1, 3)).astype(np.float32)
    found = cheapest(needed(demand, np.zeros(1), np.zeros((1, 3)), 0), holding=0.3, shortage=2.0)[0]

    def cost(quantity: int) -> float:
        left = quantity - np.cumsum(demand[:, 0], axis=1)
        return float(0.3 * np.maximum(left, 0).sum(axis=1).mean() + 2.0 * np.maximum(-left[:, -1], 0).mean())

    best = min(range(40), key=cost)
    # Holding counts until the shelf first runs empty, which without deliveries is all of it.
    assert found == best


def test_nothing_is_ordered_where_stock_is_left_on_every_path() -> None:
    assert cheapest(np.full((5, 2, 1), -3.0), 1.0, 9.0).tolist() == [0, 0]


@pytest.mark.parametrize(("caution", "quantity"), [(0.25, 95), (1.0, 80), (4.0, 50)])
def test_more_caution_orders_less(caution: float, quantity: float) -> None:
    paths = np.arange(1.0, 101.0, dtype=np.float32)[:, None, None]
    policy = LookAhead("ours", lambda period: paths, 0, 1, holding=1.0, shortage=4.0, caution=caution)
    moment = Moment(0, np.zeros(1), np.zeros((1, 1)), np.zeros((1, 0)), np.zeros((1, 0), dtype=np.int64))
    assert policy.order(moment)[0] == pytest.approx(quantity, abs=1)
