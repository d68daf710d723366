"""Policies on a chain with order days, packs, suppliers' minimums and shelf lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.allocation import reach_minimums
from forecasting.replenishment.decided import approved_supply
from forecasting.replenishment.demand import Scenarios
from forecasting.replenishment.inputs import Inputs
from forecasting.replenishment.lead_times import learn_delays
from forecasting.replenishment.lines import assemble
from forecasting.replenishment.policy import plan_orders
from forecasting.replenishment.replay.chain import LONGEST_LIFE_DAYS, Chain
from forecasting.replenishment.replay.shelf import Units
from forecasting.replenishment.replay.simulation import Moment
from retail.settings import Settings

_PLANNING_DAYS: Final = 14
_MEMORY_DAYS: Final = 56
_FEWEST_DAYS: Final = 14
_FOR_EVER: Final = 10_000
_Z_95: Final = 1.645


@dataclass(frozen=True, slots=True)
class ErpMinMax:
    """A minimum and a maximum per line, set every two weeks from eight weeks of sales, as the sample chain buys.

    At or below the minimum, whole packs up to the maximum are ordered on the supplier's order days; a supplier's order
    below its minimum amount waits.

    Attributes:
        name: Name in tables.
        chain: Lines and histories.
        judgement: What the buyer multiplies the rate with; ones for a buyer who errs in nothing. Shape (lines,).
    """

    name: str
    chain: Chain
    judgement: Units

    def order(self, moment: Moment) -> Units:
        """See `Policy.order`."""
        chain = self.chain
        minimum, maximum = self._levels(moment.period + 1)
        takes_orders = chain.takes_orders(chain.today(moment.period).weekday())
        packs = np.maximum(np.ceil((maximum - moment.position) / chain.pack), 1.0)
        quantity = np.where(takes_orders & (moment.position <= minimum), packs * chain.pack, 0.0)
        return chain.reaches_minimum(quantity)

    def _levels(self, days: int) -> tuple[Units, Units]:
        chain = self.chain
        rate = mean_in_stock(chain, chain.start + days - days % _PLANNING_DAYS) * self.judgement
        longest = np.maximum(2.0, 0.75 * np.minimum(chain.shelf_life, _FOR_EVER))
        protection = np.minimum(chain.lead + chain.review, longest)
        cover = np.minimum(np.maximum(chain.review, 7.0), np.maximum(longest - protection, 0.5))
        minimum = np.ceil(rate * protection * 1.3 + 0.6 * np.sqrt(rate * protection))
        return minimum, minimum + np.maximum(1.0, np.ceil(rate * cover))


@dataclass(frozen=True, slots=True)
class OrderUpTo:
    """The textbook: mean demand over lead time and review, and a safety of 95% of normal errors, in whole packs.

    Attributes:
        name: Name in tables.
        chain: Lines and histories.
    """

    name: str
    chain: Chain

    def order(self, moment: Moment) -> Units:
        """See `Policy.order`."""
        chain = self.chain
        end = chain.start + moment.period + 1
        protection = chain.lead + chain.review
        level = mean_in_stock(chain, end) * protection + _Z_95 * chain.sold[:, end - _MEMORY_DAYS : end].std(
            axis=1
        ) * np.sqrt(protection)
        packs = np.ceil(np.maximum(level - moment.position, 0.0) / chain.pack)
        takes_orders = chain.takes_orders(chain.today(moment.period).weekday())
        return chain.reaches_minimum(np.where(takes_orders, packs * chain.pack, 0.0))


@dataclass(frozen=True, slots=True)
class Drafts:
    """Tillsight's drafts, each approved as it is on its order day: the functions that the pipeline runs.

    Transfers between stores are left out, since the replay moves no goods between rows.

    Attributes:
        name: Name in tables.
        chain: Lines.
        totals_on: Rows of `fct_demand_totals` as the newest forecast before a day's morning has them.
        settings: Rates and service levels.
    """

    name: str
    chain: Chain
    totals_on: Callable[[date], pd.DataFrame]
    settings: Settings

    def order(self, moment: Moment) -> Units:
        """See `Policy.order`."""
        today = self.chain.today(moment.period)
        if not self.chain.takes_orders(today.weekday()).any():
            return np.zeros_like(moment.on_hand)
        inputs = self._inputs(moment, today)
        scenarios = Scenarios.draw()
        nothing = approved_supply([], inputs.purchases, {}, today)
        book = learn_delays(inputs.receipts)
        lines = assemble(inputs, book, nothing, [], set(), self.settings, scenarios)
        plan = plan_orders(lines.frame, lines.demand, lines.supply, self.settings, scenarios)
        quantity = reach_minimums(plan.need, lines.frame, self.settings.holding_cost_rate).quantity
        is_today = np.array([day == today for day in lines.frame["order_date"]])
        return self.chain.reaches_minimum(np.where(is_today, quantity, 0.0))

    def _inputs(self, moment: Moment, today: date) -> Inputs:
        lines = self.chain.inputs.lines.assign(on_hand=moment.on_hand, reserved=0.0, sold_today=0.0)
        return replace(
            self.chain.inputs,
            today=today,
            totals=self.totals_on(today),
            lines=lines,
            on_order=self._on_order(moment, today),
            batches=self._batches(moment, today),
        )

    def _on_order(self, moment: Moment, today: date) -> pd.DataFrame:
        rows, orders = np.nonzero(moment.outstanding)
        lines = self.chain.lines.iloc[rows]
        due = moment.due_in[rows, orders] - 1
        expected = pd.Timestamp(today) + pd.to_timedelta(due, unit="D")
        return pd.DataFrame(
            {
                "supplier_id": lines["supplier_id"].to_numpy(),
                "store_id": lines["store_id"].to_numpy(),
                "product_id": lines["product_id"].to_numpy(),
                "ordered_date": expected - pd.to_timedelta(self.chain.lead[rows], unit="D"),
                "expected_date": expected,
                "quantity": moment.outstanding[rows, orders],
            }
        )

    def _batches(self, moment: Moment, today: date) -> pd.DataFrame:
        rows, left = np.nonzero(moment.by_life[:, :-1])
        lines = self.chain.lines.iloc[rows]
        age = self.chain.shelf_life[rows] - (left + 1)
        return pd.DataFrame(
            {
                "store_id": lines["store_id"].to_numpy(),
                "product_id": lines["product_id"].to_numpy(),
                "received_date": pd.Timestamp(today) - pd.to_timedelta(age, unit="D"),
                "quantity": moment.by_life[rows, left],
            }
        )


def mean_in_stock(chain: Chain, end: int) -> Units:
    """Mean daily sales of the eight weeks before a day, of days that ended with stock; of all if those are few."""
    recent = slice(max(0, end - _MEMORY_DAYS), end)
    sold, in_stock = chain.sold[:, recent], chain.in_stock[:, recent]
    counted = in_stock.sum(axis=1)
    mean = (sold * in_stock).sum(axis=1) / np.maximum(counted, 1)
    return np.asarray(np.where(counted >= _FEWEST_DAYS, mean, sold.mean(axis=1)))


def forgetting_long_lives(inputs: Inputs) -> Inputs:
    """The inputs with shelf lives that the simulator tracks: longer ones never expire in it."""
    lives = inputs.lines["shelf_life_days"]
    return replace(inputs, lines=inputs.lines.assign(shelf_life_days=lives.where(lives <= LONGEST_LIFE_DAYS)))
