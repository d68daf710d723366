"""The simulator by hand, and what must hold for any world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.replenishment.replay.shelf import KEEPS
from forecasting.replenishment.replay.simulation import Moment, Prices, World, costs, simulate


@dataclass(frozen=True)
class Rule:
    """A policy from a function."""

    decide: Callable[[Moment], np.ndarray]
    name: str = "rule"

    def order(self, moment: Moment) -> np.ndarray:
        return self.decide(moment)


def _up_to(level: float) -> Rule:
    return Rule(lambda moment: level - moment.position)


def _world(demand: list[list[float]], on_hand: float = 0.0, lead_time: int = 0, review: int = 1) -> World:
    wanted = np.array(demand, dtype=float)
    rows = len(wanted)
    return World.steady(wanted, np.full(rows, float(on_hand)), np.zeros((rows, 0)), lead_time=lead_time, review=review)


NOTHING = Rule(lambda moment: np.zeros_like(moment.on_hand))


def test_each_cost_is_tallied_in_the_period_in_which_it_arises() -> None:
    world = replace(_world([[4, 1, 5]], on_hand=6), shelf_life=np.array([3]))
    tally = simulate(world, Rule(lambda moment: np.array([2.5 if moment.period == 0 else 0.0])))
    # 6 − 4 = 2 left, 3 ordered; 2 + 3 − 1 = 4 left; 5 wanted of 4: 1 lost, nothing expires
    assert tally.left.tolist() == [[2, 4, 0]]
    assert tally.lost.tolist() == [[0, 0, 1]]
    paid = costs(tally, Prices(holding=0.5, shortage=3.0, waste=np.array([7.0]), ordering=10.0))
    assert paid["holding"].tolist() == [[1, 2, 0]]
    assert paid["shortage"].tolist() == [[0, 0, 3]]
    assert paid["waste"].tolist() == [[0, 0, 0]]
    assert paid["ordering"].tolist() == [[10, 0, 0]]


@pytest.mark.parametrize("lead_time", [0, 1, 3])
def test_an_order_is_on_the_shelf_one_period_after_its_lead_time(lead_time: int) -> None:
    once = Rule(lambda moment: np.array([8.0 if moment.period == 1 else 0.0]))
    tally = simulate(_world([[0] * 8], lead_time=lead_time), once)
    assert np.flatnonzero(tally.received[0]).tolist() == [1 + lead_time + 1]


def test_orders_are_placed_in_the_first_period_and_every_review_after_it() -> None:
    tally = simulate(_world([[1] * 7], on_hand=3, review=3), _up_to(20))
    assert np.flatnonzero(tally.ordered[0]).tolist() == [0, 3, 6]


def test_goods_in_transit_at_the_start_arrive_in_the_first_periods() -> None:
    world = World.steady(np.zeros((1, 4)), np.array([1.0]), np.array([[2.0, 3.0]]), lead_time=2)
    tally = simulate(world, NOTHING)
    assert tally.received.tolist() == [[2, 3, 0, 0]]
    assert tally.left.tolist() == [[3, 6, 6, 6]]


def test_fresh_goods_are_sold_oldest_first_and_thrown_away_after_their_life() -> None:
    world = replace(_world([[1, 1, 0, 0]], on_hand=4), shelf_life=np.array([2]))
    tally = simulate(world, Rule(lambda moment: np.array([5.0 if moment.period == 0 else 0.0])))
    # 4 old: 1 sold, 1 sold, 2 expire at the end of period 1; the 5 of period 1 go at the end of period 2
    assert tally.wasted.tolist() == [[0, 2, 5, 0]]
    assert tally.left.tolist() == [[3, 5, 0, 0]]


def test_a_policy_sees_what_is_on_the_way_as_promised_though_it_comes_late() -> None:
    seen: list[tuple[float, list[float]]] = []

    def watch(moment: Moment) -> np.ndarray:
        seen.append((float(moment.position[0]), moment.arrivals(3)[0].tolist()))
        return np.array([5.0 if moment.period == 0 else 0.0])

    world = replace(_world([[0] * 5], lead_time=1), lead_times=np.full((1, 5), 3))
    tally = simulate(world, Rule(watch))
    assert np.flatnonzero(tally.received[0]).tolist() == [4]
    assert seen[1] == (5.0, [5.0, 0.0, 0.0])
    assert seen[3] == (5.0, [5.0, 0.0, 0.0])  # overdue: due in the next period
    assert seen[4] == (5.0, [0.0, 0.0, 0.0])


def test_without_demand_only_holding_is_paid() -> None:
    tally = simulate(_world([[0, 0]], on_hand=3), _up_to(3))
    paid = costs(tally, Prices(holding=1.0, shortage=5.0))
    assert [float(paid[kind].sum()) for kind in ("holding", "shortage", "ordering")] == [6, 0, 0]


def test_with_stock_for_ever_nothing_is_lost_or_ordered() -> None:
    tally = simulate(_world([[5, 9, 2]], on_hand=1e6), _up_to(20))
    assert tally.lost.sum() == 0
    assert tally.ordered.sum() == 0


@st.composite
def worlds(draw: st.DrawFn) -> World:
    rows, periods, before = (draw(st.integers(1, high)) for high in (4, 12, 3))
    units = st.integers(0, 30)

    def matrix(width: int, values: st.SearchStrategy[int]) -> np.ndarray:
        return np.array(draw(st.lists(st.lists(values, min_size=width, max_size=width), min_size=rows, max_size=rows)))

    return World(
        demand=matrix(periods, units).astype(float),
        on_hand=matrix(1, units)[:, 0].astype(float),
        in_transit=matrix(before, units).astype(float),
        lead_times=matrix(periods, st.integers(0, 5)),
        promised=matrix(1, st.integers(0, 4))[:, 0],
        shelf_life=matrix(1, st.sampled_from([1, 2, 5, KEEPS]))[:, 0],
        review=draw(st.integers(1, 3)),
    )


@given(world=worlds(), level=st.floats(0, 60))
@settings(max_examples=80, deadline=None)
def test_no_unit_appears_or_disappears(world: World, level: float) -> None:
    last: list[Moment] = []

    def order(moment: Moment) -> np.ndarray:
        last.append(moment)
        return level - moment.position

    tally = simulate(world, Rule(order))
    np.testing.assert_allclose(
        world.on_hand + tally.received.sum(axis=1),
        tally.sold.sum(axis=1) + tally.wasted.sum(axis=1) + tally.left[:, -1],
    )
    for values in (tally.sold, tally.lost, tally.wasted, tally.left, tally.ordered, tally.received):
        assert (values >= 0).all()
    assert (tally.ordered == np.round(tally.ordered)).all()
    assert (tally.received.sum(axis=1) <= world.in_transit.sum(axis=1) + tally.ordered.sum(axis=1)).all()
    for moment in last:
        until = moment.period
        known = world.in_transit.sum(axis=1) + tally.ordered[:, :until].sum(axis=1)
        np.testing.assert_allclose(moment.on_order, known - tally.received[:, : until + 1].sum(axis=1))
