"""The policy on its own: levels, quantities and their rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from forecasting.replenishment.demand import Scenarios
from forecasting.replenishment.policy import Plan, plan_orders
from retail.settings import Settings
from tests.unit.replenishment.market import gamma_demand, plain_supply, policy_lines

SCENARIOS = Scenarios.draw(100)


def plan(
    daily: float = 2.0,
    on_hand: float = 0.0,
    *,
    whole: bool = True,
    life: float = np.nan,
    rules: Settings | None = None,
    **line: Any,
) -> Plan:
    """One line with lead time 2 and a review of 7 days."""
    supply = plain_supply(1, SCENARIOS, available=np.array([on_hand]), shelf_life=np.array([life]))
    lines = policy_lines(1, shelf_life_days=life, **line)
    return plan_orders(lines, gamma_demand(daily, whole=whole), supply, rules or Settings(), SCENARIOS)


def test_goods_that_keep_have_the_newsvendor_s_critical_ratio() -> None:
    shortage, holding = 10 - 6 + 0.1 * 10, 6 * 0.25 * 7 / 365
    found = plan()
    assert found.ratio[0] == pytest.approx(shortage / (shortage + holding))
    assert found.level[0] == Settings().maximum_service_level
    assert found.level_source == ["critical ratio"]


def test_the_order_covers_demand_until_the_next_order_arrives_at_the_level() -> None:
    found = plan(whole=False, service_level=0.9, service_level_source="set by ann")
    # 9 days less the 2 of which the demand is lost before this order can arrive
    assert found.need.order_up_to[0] == pytest.approx(stats.gamma.ppf(0.9, 14, scale=1.0), rel=0.05)
    assert found.level_source == ["set by ann"]
    assert found.need.risk(found.need.quantity)[0] <= 0.1


def test_stock_on_hand_leaves_nothing_lost_before() -> None:
    found = plan(on_hand=10.0, whole=False, service_level=0.9)
    assert found.need.order_up_to[0] == pytest.approx(stats.gamma.ppf(0.9, 18, scale=1.0), rel=0.05)


def test_what_spoils_soon_is_aimed_at_less_often() -> None:
    keeps, spoils = plan(daily=3.0), plan(daily=3.0, life=4.0)
    assert spoils.ratio[0] < keeps.ratio[0] - 0.05


def test_without_a_cost_the_class_decides() -> None:
    found = plan(unit_cost=np.nan, abc_class="B", xyz_class="Z")
    assert np.isnan(found.ratio[0])
    assert (found.level[0], found.level_source) == (0.93, ["class BZ"])


def test_a_shop_can_let_the_class_decide_everywhere() -> None:
    found = plan(rules=Settings(service_level_by="class"), abc_class="C", xyz_class="Y")
    assert (found.level[0], found.level_source) == (0.90, ["class CY"])


def test_a_pack_that_lasts_several_cycles_is_worth_its_waste_if_it_sells() -> None:
    """A pack of 12 with 18 days to sell 9 of them: some spoil, and an empty shelf costs more."""
    assert plan(daily=0.5, life=18.0, pack_size=12.0).need.quantity[0] == 12
    assert plan(daily=0.02, life=18.0, pack_size=12.0).need.quantity[0] == 0


def test_a_pack_is_not_opened_for_a_risk_that_costs_less_than_keeping_it() -> None:
    near = plan(daily=0.3, on_hand=9.0, pack_size=500.0, unit_cost=9.9)
    assert near.need.unrounded[0] <= 1
    assert near.need.quantity[0] == 0


def test_an_order_that_saves_less_than_its_line_costs_waits_for_the_next_order_day() -> None:
    pressing = plan(daily=2.0, on_hand=2.0, rules=Settings(order_line_cost=0.5))
    assert pressing.need.quantity[0] == plan(daily=2.0, on_hand=2.0).need.quantity[0] > 0
    saved = float(np.subtract(*[pressing.need.expected(np.array([units])).total[0] for units in (0.0, 16.0)]))
    dear = plan(daily=2.0, on_hand=2.0, rules=Settings(order_line_cost=saved + 5.0))
    assert dear.need.unrounded[0] > 0
    assert dear.need.quantity[0] == 0


def test_lines_that_may_not_order_do_not() -> None:
    assert plan(may_order=False).need.quantity[0] == 0


LINE = st.fixed_dictionaries(
    {
        "daily": st.floats(0.0, 20.0),
        "on_hand": st.floats(0.0, 200.0).map(round),
        "life": st.one_of(st.just(np.nan), st.integers(1, 40).map(float)),
        "pack_size": st.one_of(st.just(np.nan), st.integers(1, 30).map(float)),
        "moq": st.one_of(st.just(np.nan), st.integers(1, 60).map(float)),
        "unit_cost": st.one_of(st.just(np.nan), st.floats(0.5, 12.0)),
    }
)


@settings(max_examples=40, deadline=None)
@given(line=LINE)
def test_quantities_are_whole_packs_at_least_the_minimum_and_add_up(line: dict[str, Any]) -> None:
    found = plan(**line)
    quantity, need = found.need.quantity[0], found.need
    assert quantity >= 0
    assert need.position[0] == line["on_hand"]
    assert need.unrounded[0] == need.order_up_to[0] - need.position[0]
    if quantity > 0:
        pack = 1.0 if np.isnan(line["pack_size"]) else line["pack_size"]
        assert quantity % pack == pytest.approx(0)
        assert quantity >= np.nan_to_num(line["moq"])
        assert need.unrounded[0] > 0
        assert quantity < need.unrounded[0] + max(pack, need.least[0])


@settings(max_examples=30, deadline=None)
@given(line=LINE, low=st.floats(0.05, 0.99), high=st.floats(0.05, 0.99))
def test_a_higher_level_never_orders_less(line: dict[str, Any], low: float, high: float) -> None:
    low, high = sorted((low, high))
    levels = [plan(**line, service_level=level) for level in (low, high)]
    assert levels[0].need.order_up_to[0] <= levels[1].need.order_up_to[0]
    assert levels[0].need.quantity[0] <= levels[1].need.quantity[0]
