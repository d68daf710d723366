"""One order cycle by scenario: when this order arrives, how long it must last, and what demand it can still serve.

An order protects from now until the order after it arrives. What is lost before the order itself can arrive is lost
whatever is ordered, so it is no part of the demand to order for.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.demand import DemandTotals, Floats, Ints, Scenarios

RISK_DAYS: Final = 28
"""Days ahead for which the risk of running out is told."""
_CHUNK: Final = 256


@dataclass(frozen=True, slots=True)
class Supply:
    """What is there and what is coming, and when orders can be placed. Days count from today, which is 0.

    Attributes:
        available: Units on hand that nobody has reserved, never below zero. Shape (lines,).
        arrivals: Units on their way: `row` (of the line), `day` (of arrival), `quantity`.
        batches: Units on hand that expire: `row`, `day` (the first on which they cannot be sold), `quantity`.
        order_day: Day of this order. Shape (lines,).
        next_order_day: Day of the next chance to order. Shape (lines,).
        lead_time: Days from this order to the shelf, by scenario. Shape (lines, scenarios).
        next_lead_time: The same of the next order.
        shelf_life: Days that goods can be sold for after they arrive; NaN where they keep. Shape (lines,).
    """

    available: Floats
    arrivals: pd.DataFrame
    batches: pd.DataFrame
    order_day: Ints
    next_order_day: Ints
    lead_time: Ints
    next_lead_time: Ints
    shelf_life: Floats

    def __len__(self) -> int:
        return len(self.available)


@dataclass(frozen=True, slots=True)
class Cycle:
    """What comes of a cycle if nothing is ordered now. Scenario arrays have the shape (lines, scenarios).

    Attributes:
        arrival: Day on which this order is on the shelf.
        end: Day on which the order after it is on the shelf; this one must last up to the day before.
        protection_days: Median of the ends. Shape (lines,).
        servable: Units asked for until then, without those lost before this order's arrival.
        lost_before: Units lost before this order's arrival.
        shelf_demand: Units that can be sold until goods of this order expire; infinite where they keep.
        coming: Units asked for over the next RISK_DAYS days.
        expiring: Units on hand that expire unsold before the cycle's end, expected. Shape (lines,).
        is_out: Chance that the shelf is empty at the end of each of the next days. Shape (lines, RISK_DAYS).
    """

    arrival: Ints
    end: Ints
    protection_days: Ints
    servable: Floats
    lost_before: Floats
    shelf_demand: Floats
    coming: Floats
    expiring: Floats
    is_out: Floats


def simulate_cycle(demand: DemandTotals, supply: Supply, scenarios: Scenarios) -> Cycle:
    """Run every line through its cycle, in all scenarios."""
    starts = range(0, max(len(demand), 1), _CHUNK)
    parts = [_chunk(demand, supply, scenarios, slice(start, start + _CHUNK)) for start in starts]
    return Cycle(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Cycle)))


def _chunk(demand: DemandTotals, supply: Supply, scenarios: Scenarios, rows: slice) -> Cycle:
    demand = demand.take(rows)
    days = max(RISK_DAYS, demand.horizon)
    paths = demand.paths(scenarios.demand, days)
    lead_time, next_lead_time = supply.lead_time[rows], supply.next_lead_time[rows]
    arrival = supply.order_day[rows, None] + lead_time
    end = np.maximum(supply.next_order_day[rows, None] + next_lead_time, arrival)
    position = _position(supply, rows, len(demand), days)
    worst = _worst_shortage(paths, position)
    lost_before = np.take_along_axis(worst, np.minimum(arrival, days)[:, None, :], axis=1)[:, 0, :]
    is_far = arrival > days
    if is_far.any():
        far = demand.at(paths, arrival) - position[:, -1, None]
        lost_before = np.maximum(lost_before, np.where(is_far, far, 0.0))
    lost_before = np.maximum(lost_before, 0.0)
    shelf = supply.shelf_life[rows, None]
    keeps = np.isnan(shelf)
    until = arrival + np.where(keeps, 0, shelf).astype(np.int64)
    shelf_demand = np.where(keeps, np.inf, _served(demand, paths, arrival, until, lost_before))
    return Cycle(
        arrival=arrival,
        end=end,
        protection_days=np.sort(end, axis=1)[:, end.shape[1] // 2],
        servable=_served(demand, paths, arrival, end, lost_before),
        lost_before=lost_before,
        shelf_demand=shelf_demand,
        coming=paths[:, RISK_DAYS].astype(float),
        expiring=_expiring(supply, rows, paths, end),
        is_out=(worst[:, 1 : RISK_DAYS + 1] >= 0).mean(axis=2),
    )


def _served(demand: DemandTotals, paths: Floats, arrival: Ints, until: Ints, lost_before: Floats) -> Floats:
    """Units that could be sold by a day, given what is lost before this order arrives; never more than is asked for."""
    asked = demand.at(paths, until)
    before = demand.at(paths, arrival) - lost_before
    after = demand.between(paths, arrival, until)
    served = np.where(lost_before > 0, np.minimum(before + after, asked), asked)
    return np.maximum(served, 0.0).astype(float)


def _worst_shortage(paths: Floats, position: Floats) -> Floats:
    """The most by which demand has exceeded what was there, up to each day: lost units where it is above zero.

    What is lost by a day is the largest excess so far, because units lost ask for no stock later (the reflection of
    the net demand at zero). Shape (lines, days + 1, scenarios); minus infinity on day 0.
    """
    worst = paths - position[:, :, None].astype(paths.dtype)
    worst[:, 0] = -np.inf
    for day in range(1, worst.shape[1]):
        np.maximum(worst[:, day], worst[:, day - 1], out=worst[:, day])
    return worst


def _position(supply: Supply, rows: slice, lines: int, days: int) -> Floats:
    """Units there and arrived by the morning of each day. Shape (lines, days + 1): column t serves the first t days."""
    position = np.zeros((lines, days + 2))
    coming = _of_rows(supply.arrivals, rows, lines)
    np.add.at(position, (coming["row"], np.minimum(coming["day"] + 1, days + 1)), coming["quantity"])
    return np.asarray(supply.available[rows, None] + position.cumsum(axis=1)[:, : days + 1])


def _expiring(supply: Supply, rows: slice, paths: Floats, end: Ints) -> Floats:
    """What of the units that expire first cannot be sold before: the largest excess over demand up to any expiry."""
    expiring = np.zeros(paths.shape[0::2])
    batches = _of_rows(supply.batches, rows, len(paths)).sort_values(["row", "day"])
    until = batches.groupby("row")["quantity"].cumsum()
    for row, day, units in zip(batches["row"], batches["day"], until, strict=True):
        day_within = min(max(int(day), 0), paths.shape[1] - 1)
        unsold = np.where(end[row] >= day, units - paths[row, day_within], 0.0)
        expiring[row] = np.maximum(expiring[row], unsold)
    return np.asarray(expiring.mean(axis=1))


def _of_rows(events: pd.DataFrame, rows: slice, lines: int) -> pd.DataFrame:
    within: pd.DataFrame = events[(events["row"] >= rows.start) & (events["row"] < rows.start + lines)]
    return within.assign(row=within["row"] - rows.start)
