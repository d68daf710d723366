"""Policies on a chain: order days, packs, minimums, shelf lives, and the drafts that the pipeline makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from forecasting.replenishment.inputs import read_inputs
from forecasting.replenishment.replay.chain import Chain, chain_of, prices_of, world_of
from forecasting.replenishment.replay.chain_policies import Drafts, ErpMinMax, OrderUpTo, forgetting_long_lives
from forecasting.replenishment.replay.comparison import Outcome
from forecasting.replenishment.replay.shelf import KEEPS
from forecasting.replenishment.replay.simulation import World, simulate
from retail.settings import Settings
from tests.unit.replenishment.market import TODAY, Market

DAYS, HISTORY = 16, 120


@pytest.fixture
def market() -> Iterator[Market]:
    with duckdb.connect() as connection:
        yield Market(connection)


def _chain(market: Market, rate: float = 2.0) -> Chain:
    inputs = read_inputs(market.connection, TODAY, 3)
    assert inputs is not None
    inputs = forgetting_long_lives(inputs)
    sold = np.random.default_rng(1).poisson(rate, size=(len(inputs.lines), HISTORY + DAYS)).astype(float)
    return chain_of(inputs, TODAY, sold, np.ones_like(sold, dtype=bool), HISTORY, Settings())


def _world(chain: Chain, delays: tuple[int, ...] = (0,)) -> World:
    demand = chain.sold[:, chain.start :]
    receipts = pd.DataFrame({"supplier_id": "V1", "delay_days": list(delays)})
    lines = len(chain.lines)
    return world_of(chain, demand, np.full(lines, 20.0), np.zeros((lines, 0)), receipts, seed=0)


def _drafts(chain: Chain) -> Drafts:
    totals = chain.inputs.totals

    def moved(today: date) -> pd.DataFrame:
        return totals.assign(cutoff_date=pd.Timestamp(today - timedelta(days=1)))

    return Drafts("tillsight", chain, moved, Settings())


def test_orders_are_placed_on_the_suppliers_days_in_whole_packs(market: Market) -> None:
    market.line("P1", pack=6, on_hand=20)  # V1 takes orders on Mondays; the hold-out begins on one
    chain = _chain(market)
    for policy in (ErpMinMax("min_max", chain, np.ones(1)), OrderUpTo("order_up_to", chain), _drafts(chain)):
        ordered = simulate(_world(chain), policy).ordered[0]
        mornings = np.flatnonzero(ordered) + 1
        assert len(mornings)
        assert (mornings % 7 == 0).all()
        assert (ordered % 6 == 0).all()


def test_orders_below_the_suppliers_minimum_are_not_sent(market: Market) -> None:
    market.supplier("V2", minimum=1e6, order_days="mon")
    market.line("P1", supplier_id="V2")
    market.line("P2")
    chain = _chain(market)
    ordered = simulate(_world(chain), ErpMinMax("min_max", chain, np.ones(2))).ordered
    of_product = dict(zip(chain.lines["product_id"], ordered.sum(axis=1), strict=True))
    assert of_product["P1"] == 0
    assert of_product["P2"] > 0


def test_goods_that_keep_longer_than_a_month_never_expire(market: Market) -> None:
    market.line("P1", shelf_life=5)
    market.line("P2", shelf_life=90)
    chain = _chain(market)
    assert dict(zip(chain.lines["product_id"], chain.shelf_life, strict=True)) == {"P1": 5, "P2": KEEPS}


def test_a_late_supplier_comes_late_for_every_policy_alike(market: Market) -> None:
    market.line("P1", lead_time=2)
    chain = _chain(market)
    world = _world(chain, delays=(3,))
    tally = simulate(world, ErpMinMax("min_max", chain, np.ones(1)))
    first = int(np.flatnonzero(tally.ordered[0])[0])
    assert int(np.flatnonzero(tally.received[0])[0]) == first + 2 + 3 + 1


def test_drafts_see_what_is_on_the_way_and_order_nothing_twice(market: Market) -> None:
    market.supplier("V3", order_days="mon,tue,wed,thu,fri,sat,sun")
    market.line("P1", supplier_id="V3", lead_time=6, daily=2.0)
    chain = _chain(market)
    tally = simulate(_world(chain), _drafts(chain))
    # Orders every day and six days to wait: if the way were not seen, the shelf would drown.
    assert tally.ordered.sum() < 2.5 * tally.demand.sum()
    assert tally.sold.sum() > 0.8 * tally.demand.sum()


def test_drafts_keep_fresh_goods_within_what_sells(market: Market) -> None:
    market.supplier("V3", order_days="mon,tue,wed,thu,fri,sat,sun")
    market.line("P1", supplier_id="V3", lead_time=1, daily=2.0, shelf_life=4)
    chain = _chain(market)
    world = replace(_world(chain), on_hand=np.zeros(1))
    tally = simulate(world, _drafts(chain))
    assert tally.wasted.sum() < 0.25 * tally.ordered.sum()


def test_costs_are_margin_and_goodwill_holding_by_the_day_and_what_was_paid_for_waste(market: Market) -> None:
    market.line("P1", cost=6.0, price=10.0)
    chain = _chain(market)
    settings = Settings()
    prices = prices_of(chain, settings, ordering=0.5)
    assert prices.shortage[0] == pytest.approx(4.0 + 10.0 * settings.goodwill_rate)  # type: ignore[index]
    assert prices.holding[0] == pytest.approx(6.0 * settings.holding_cost_rate / 365)  # type: ignore[index]
    outcome = Outcome.of("min_max", simulate(_world(chain), ErpMinMax("min_max", chain, np.ones(1))), prices)
    assert outcome.as_dict()["cost"] == pytest.approx(sum(float(paid.sum()) for paid in outcome.paid.values()))
