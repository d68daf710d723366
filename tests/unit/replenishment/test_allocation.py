"""Suppliers' minimums, the budget, and stores that share."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.replenishment.allocation import below_minimum, keep_to_budget, reach_minimums
from forecasting.replenishment.demand import Scenarios
from forecasting.replenishment.policy import plan_orders
from forecasting.replenishment.quantities import Need
from forecasting.replenishment.transfers import find_transfers
from retail.settings import Settings
from tests.unit.replenishment.market import gamma_demand, plain_supply, policy_lines

SCENARIOS = Scenarios.draw(60)


def needs(on_hand: list[float], daily: float = 2.0, **columns: object) -> tuple[Need, pd.DataFrame]:
    lines = policy_lines(len(on_hand), mean_daily_demand=daily, **columns)
    supply = plain_supply(len(on_hand), SCENARIOS, available=np.array(on_hand))
    demand = gamma_demand(*[daily] * len(on_hand), whole=True)
    return plan_orders(lines, demand, supply, Settings(), SCENARIOS).need, lines


def test_a_minimum_that_is_reached_changes_nothing() -> None:
    need, lines = needs([0, 0], supplier_minimum_amount=50.0)
    found = reach_minimums(need, lines, 0.25)
    assert not found.is_changed.any()
    assert not below_minimum(found.quantity, lines).any()


def test_filling_up_takes_what_runs_out_first() -> None:
    need, lines = needs([0.0, 20.0, 90.0], supplier_minimum_amount=280.0)
    found = reach_minimums(need, lines, 0.25)
    assert found.quantity @ lines["unit_cost"] >= 280
    assert found.quantity[2] == 0, "it lasts for weeks already"
    assert found.is_changed[:2].any()


def test_money_that_is_approved_already_counts_towards_the_minimum() -> None:
    need, lines = needs([0.0], supplier_minimum_amount=250.0)
    spent = pd.Series({lines["order_key"][0]: 200.0})
    assert not reach_minimums(need, lines, 0.25, spent).is_changed.any()


def test_where_waiting_is_cheaper_nothing_is_added_and_the_lines_are_marked() -> None:
    need, lines = needs([18.0], supplier_minimum_amount=10_000.0)
    found = reach_minimums(need, lines, 0.25)
    assert found.quantity.tolist() == need.quantity.tolist()
    assert below_minimum(found.quantity, lines).tolist() == [True]


@settings(max_examples=30, deadline=None)
@given(
    stock=st.lists(st.integers(0, 30), min_size=1, max_size=6),
    share=st.floats(0.0, 1.2),
    pack=st.sampled_from([1.0, 6.0, 10.0]),
)
def test_the_budget_is_never_exceeded_and_packs_stay_whole(stock: list[int], share: float, pack: float) -> None:
    need, lines = needs([float(units) for units in stock], pack_size=pack)
    cost = lines["unit_cost"].to_numpy(dtype=float)
    budget = share * float(need.quantity @ cost)
    found = keep_to_budget(need, need.quantity, cost, budget)
    assert found.quantity @ cost <= budget + 1e-6
    assert (found.quantity <= need.quantity).all()
    assert (found.quantity % pack == 0).all()
    assert (found.is_changed == (found.quantity != need.quantity)).all()


def test_the_budget_goes_to_what_saves_most() -> None:
    need, lines = needs([0.0, 0.0], price=[10.0, 60.0])
    cost = lines["unit_cost"].to_numpy(dtype=float)
    found = keep_to_budget(need, need.quantity, cost, float(need.quantity @ cost) / 2)
    assert found.quantity[1] > found.quantity[0]


def test_a_minimum_order_is_given_whole_or_not_at_all() -> None:
    need, lines = needs([0.0], moq=12.0)
    cost = lines["unit_cost"].to_numpy(dtype=float)
    assert keep_to_budget(need, need.quantity, cost, 60.0).quantity.tolist() == [0.0]


def shares(spare: list[float], wanted: list[float], **columns: object) -> pd.DataFrame:
    lines = policy_lines(len(spare), product_id="P1", store_id=[f"S{n}" for n in range(len(spare))], **columns)
    return find_transfers(lines, np.array(wanted), np.array(wanted) * 1.0, np.array(spare))


def test_the_store_with_most_to_spare_gives() -> None:
    found = shares([0.0, 5.0, 9.0], [4.2, 0.0, 0.0])
    assert found.to_dict("records") == [{"row": 0, "from_row": 2, "quantity": 5.0}]


def test_a_store_never_gives_more_than_it_can_spare() -> None:
    found = shares([0.0, 0.0, 7.9], [4.0, 5.0, 0.0])
    assert found["quantity"].tolist() == [5.0], "the line that saves most comes first, and what is left is too little"


def test_goods_that_spoil_soon_stay_where_they_are() -> None:
    assert shares([0.0, 50.0], [4.0, 0.0], shelf_life_days=5.0).empty


def test_other_products_do_not_help() -> None:
    lines = policy_lines(2, product_id=["P1", "P2"], store_id=["S1", "S2"])
    assert find_transfers(lines, np.array([4.0, 0.0]), np.array([4.0, 0.0]), np.array([0.0, 50.0])).empty
