"""stockpyl as the oracle. It backorders what is short, so the cases are those in which that and losing it agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from forecasting.replenishment.replay.look_ahead import cheapest, needed
from forecasting.replenishment.replay.simulation import Moment, Prices, World, costs, simulate

HOLDING, SHORTAGE = 0.2, 1.0
DEMAND = [5, 3, 7, 0, 4, 6, 2, 5, 3, 4, 8, 1, 0, 0, 6, 5, 2, 9, 4, 3]


@dataclass(frozen=True)
class Rule:
    decide: Callable[[Moment], np.ndarray]
    name: str = "rule"

    def order(self, moment: Moment) -> np.ndarray:
        return self.decide(moment)


def _stockpyl(on_hand: int, lead_time: int, **policy: Any) -> list[Any]:
    """State of each period. It orders before it sells, so an order of ours takes a period more by its count."""
    from stockpyl.sim import simulation
    from stockpyl.supply_chain_network import single_stage_system

    network = single_stage_system(
        holding_cost=HOLDING,
        stockout_cost=SHORTAGE,
        demand_type="D",
        demand_list=list(DEMAND),
        shipment_lead_time=lead_time + 1,
        initial_inventory_level=on_hand,
        **policy,
    )
    simulation(network, len(DEMAND), rand_seed=0, progress_bar=False)
    return list(network.nodes[0].state_vars[: len(DEMAND)])


def _ours(on_hand: int, lead_time: int, rule: Rule) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    demand = np.array([DEMAND], dtype=float)
    world = World.steady(demand, np.array([float(on_hand)]), np.zeros((1, 0)), lead_time=lead_time)
    tally = simulate(world, rule)
    paid = costs(tally, Prices(HOLDING, SHORTAGE))
    return paid["holding"][0], paid["shortage"][0], tally.ordered[0]


def _agree(states: list[Any], ours: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    holding, shortage, ordered = ours
    np.testing.assert_allclose(holding, [state.holding_cost_incurred for state in states])
    np.testing.assert_allclose(shortage, [state.stockout_cost_incurred for state in states])
    orders = [next(iter(next(iter(state.order_quantity.values())).values())) for state in states]
    np.testing.assert_allclose(ordered, orders)


@pytest.mark.parametrize("lead_time", [0, 1, 2, 4])
def test_base_stock_without_shortage_orders_and_pays_as_stockpyl_does(lead_time: int) -> None:
    states = _stockpyl(40, lead_time, policy_type="BS", base_stock_level=40)
    _agree(states, _ours(40, lead_time, Rule(lambda moment: 40 - moment.position)))


def test_base_stock_at_once_pays_the_same_for_lost_sales_as_for_backorders() -> None:
    """With an order in every period and no lead time, every period starts at the level either way."""
    holding, shortage, _ = _ours(4, 0, Rule(lambda moment: 4 - moment.position))
    states = _stockpyl(4, 0, policy_type="BS", base_stock_level=4)
    assert shortage.sum() > 0
    np.testing.assert_allclose(holding, [state.holding_cost_incurred for state in states])
    np.testing.assert_allclose(shortage, [state.stockout_cost_incurred for state in states])


def test_reorder_point_and_level_order_and_pay_as_stockpyl_does() -> None:
    def decide(moment: Moment) -> np.ndarray:
        return np.where(moment.position <= 15, 35 - moment.position, 0.0)

    states = _stockpyl(30, 1, policy_type="sS", reorder_point=15, order_up_to_level=35)
    _agree(states, _ours(30, 1, Rule(decide)))


def test_goods_for_one_period_cost_what_the_newsvendor_model_says() -> None:
    from stockpyl.newsvendor import newsvendor_poisson

    wasted, lost, mean = 1.0, 4.0, 6.0
    level, expected = newsvendor_poisson(wasted, lost, mean)
    demand = np.random.default_rng(0).poisson(mean, size=(200, 400)).astype(float)
    steady = World.steady(demand, np.full(200, float(level)), np.zeros((200, 0)), lead_time=0)
    world = replace(steady, shelf_life=np.ones(200, dtype=np.int64))
    tally = simulate(world, Rule(lambda moment: np.full(200, float(level))))
    paid = costs(tally, Prices(holding=0.0, shortage=lost, waste=wasted))
    assert (paid["waste"] + paid["shortage"]).mean() == pytest.approx(expected, rel=0.02)


def test_the_look_ahead_without_lead_time_orders_the_newsvendor_quantity() -> None:
    from stockpyl.newsvendor import newsvendor_poisson

    mean = np.array([0.4, 3.0, 20.0])
    paths = np.random.default_rng(1).poisson(mean, size=(20_000, 3))[..., None].astype(np.float32)
    found = cheapest(needed(paths, np.zeros(3), np.zeros((3, 1)), 0), HOLDING, SHORTAGE)
    assert found.tolist() == [newsvendor_poisson(HOLDING, SHORTAGE, value)[0] for value in mean]
