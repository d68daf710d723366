"""What each line has and what is coming to it: lead times, order slots, deliveries on their way, expiries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.cycle import Supply
from forecasting.replenishment.demand import Floats, Ints, Scenarios
from forecasting.replenishment.lead_times import DelayBook, LeadTime, quantiles_by_row, source_of
from forecasting.replenishment.order_days import OrderSlots, order_slots

FORGOTTEN_DAYS: Final = 30
"""Days overdue after which a delivery that even the slowest orders would have made is no longer counted on."""


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """The lead time of every line.

    Attributes:
        times: Distributions that occur.
        number: Which of them each line has. Shape (lines,).
        receipts: Orders received that each line's rests on. Shape (lines,).
    """

    times: list[LeadTime]
    number: Ints
    receipts: Ints

    def of_lines(self, level: Floats) -> Ints:
        """Quantiles by line. Shape (lines, levels)."""
        return quantiles_by_row(self.times, level)[self.number]


def lead_times_of(lines: pd.DataFrame, book: DelayBook) -> LeadTimes:
    """The lead time of each line: its promise and the delays of its supplier to its store.

    Args:
        lines: `supplier_id`, `store_id`, `lead_time_days` and `term_sources`.
        book: Delays of every supplier.
    """
    known: dict[tuple[object, ...], int] = {}
    times: list[LeadTime] = []
    number, receipts = np.zeros(len(lines), dtype=np.int64), np.zeros(len(lines), dtype=np.int64)
    rows = zip(lines["supplier_id"], lines["store_id"], lines["lead_time_days"], strict=True)
    for row, (supplier, store, promised) in enumerate(rows):
        delays = book.find(supplier, store)
        key = (id(delays), round(promised))
        if key not in known:
            known[key] = len(times)
            times.append(delays.lead_time(promised))
        number[row] = known[key]
        receipts[row] = 0 if delays is book.everybody else delays.orders
    return LeadTimes(times, number, receipts)


def lead_time_sources(lines: pd.DataFrame, receipts: Ints) -> list[str]:
    """Where each line's lead time comes from: a person, receipts, the supplier's promise, or nobody."""
    promises = [sources["lead_time_days"] for sources in lines["term_sources"]]
    return [
        promise if promise.startswith("set by") else source_of(int(orders), promise)
        for promise, orders in zip(promises, receipts, strict=True)
    ]


def slots_of(lines: pd.DataFrame, today: date) -> list[OrderSlots]:
    """The next chances to order each line."""
    known: dict[tuple[object, ...], OrderSlots] = {}
    slots = []
    for days, review, sources in zip(
        lines["order_days"], lines["review_period_days"], lines["term_sources"], strict=True
    ):
        weekdays = () if "order_days" not in sources else days
        key = (weekdays, int(review))
        slots.append(known.setdefault(key, order_slots(today, *key)) if key not in known else known[key])
    return slots


def deliveries(lines: pd.DataFrame, on_order: pd.DataFrame, times: LeadTimes, today: date) -> pd.DataFrame:
    """Open orders as arrivals: `row`, `day` from today on, `quantity`, `is_forgotten`.

    What is late is expected after the median of the wait that its lead time leaves; what is far too late is forgotten.

    Args:
        lines: `store_id`, `product_id`.
        on_order: Open order lines: `store_id`, `product_id`, `ordered_date`, `expected_date`, `quantity`.
        times: Lead time of each line.
        today: The day that counts as today.
    """
    found = on_order.merge(_numbered(lines), on=["store_id", "product_id"])
    days = []
    forgotten = []
    for row, ordered, expected in zip(found["row"], found["ordered_date"], found["expected_date"], strict=True):
        time = times.times[times.number[row]]
        waited = max((pd.Timestamp(today) - ordered).days, 0)
        due = (expected - pd.Timestamp(today)).days if pd.notna(expected) else int(time.quantile(0.5)) - waited
        days.append(due if due >= 0 else time.remaining(waited))
        forgotten.append(due < -FORGOTTEN_DAYS and waited > int(time.quantile(0.99)))
    return found.assign(day=np.array(days, dtype=np.int64), is_forgotten=np.array(forgotten, dtype=bool))[
        ["row", "day", "quantity", "is_forgotten"]
    ]


def approved_deliveries(lines: pd.DataFrame, approved: pd.DataFrame, today: date) -> pd.DataFrame:
    """Approved drafts as arrivals; what should have come by now is expected tomorrow."""
    found = approved.merge(_numbered(lines), on=["store_id", "product_id"])
    days = [max((when - today).days, 1) for when in found["date"]]
    return found.assign(day=np.array(days, dtype=np.int64), is_forgotten=False)[
        ["row", "day", "quantity", "is_forgotten"]
    ]


def expiries(lines: pd.DataFrame, batches: pd.DataFrame, today: date) -> pd.DataFrame:
    """Units on hand by the day, from today on, from which they cannot be sold: `row`, `day`, `quantity`.

    Args:
        lines: `store_id`, `product_id`, `shelf_life_days` (NaN where goods keep).
        batches: `store_id`, `product_id`, `received_date`, `quantity`.
        today: The day that counts as today.
    """
    numbered = _numbered(lines).assign(shelf_life=lines["shelf_life_days"].to_numpy(dtype=float))
    found = batches.merge(numbered[numbered["shelf_life"].notna()], on=["store_id", "product_id"])
    age = (pd.Timestamp(today) - found["received_date"]).dt.days
    return found.assign(day=(found["shelf_life"] - age).clip(lower=0).astype(np.int64))[["row", "day", "quantity"]]


def supply_of(
    lines: pd.DataFrame,
    slots: list[OrderSlots],
    times: LeadTimes,
    arrivals: pd.DataFrame,
    batches: pd.DataFrame,
    scenarios: Scenarios,
    today: date,
) -> Supply:
    """Everything that the cycle needs, on one calendar."""
    return Supply(
        available=lines["available"].to_numpy(dtype=float),
        arrivals=arrivals,
        batches=batches,
        order_day=np.array([(slot.first - today).days for slot in slots], dtype=np.int64),
        next_order_day=np.array([(slot.second - today).days for slot in slots], dtype=np.int64),
        lead_time=times.of_lines(scenarios.lead_time),
        next_lead_time=times.of_lines(scenarios.next_lead_time),
        shelf_life=lines["shelf_life_days"].to_numpy(dtype=float),
    )


def slot_delivery(slot: OrderSlots, promised_days: float) -> date:
    """The day that names the slot's delivery: its order day and the promised lead time."""
    return slot.anchor + timedelta(days=round(promised_days))


def _numbered(lines: pd.DataFrame) -> pd.DataFrame:
    return lines[["store_id", "product_id"]].assign(row=np.arange(len(lines)))
