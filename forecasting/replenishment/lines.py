"""Product-stores made ready for the policy: demand, stock, terms, classes and the slot that each can order in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.classes import abc_classes, xyz_classes
from forecasting.replenishment.cycle import RISK_DAYS, Supply
from forecasting.replenishment.decided import draft_key
from forecasting.replenishment.demand import Bools, DemandTotals, Floats, Scenarios
from forecasting.replenishment.inputs import Inputs
from forecasting.replenishment.lead_times import DelayBook
from forecasting.replenishment.order_days import OrderSlots
from forecasting.replenishment.supply import (
    LeadTimes,
    approved_deliveries,
    deliveries,
    expiries,
    lead_times_of,
    slot_delivery,
    slots_of,
    supply_of,
)
from forecasting.replenishment.terms import resolve_terms
from retail.operational.terms import TermOverride
from retail.settings import Settings
from retail.vocabulary import TOTAL_COLUMNS

_NOT_STOCKED: Final = "not stocked"
_DISCONTINUED: Final = "discontinued"
_CLOSED_STORE: Final = "store closed"
_DECIDED: Final = "decided on already"


@dataclass(frozen=True, slots=True)
class Lines:
    """Product-stores, ready to be planned.

    Attributes:
        frame: One row each: names, stock, terms, classes, slot, `may_order`, `not_drafted` (why not, or null).
        demand: Cumulative demand in the same order.
        supply: Stock and deliveries in the same order.
        times: Lead times in the same order.
        forgotten: Lines with a delivery so late that it is not counted on. Shape (lines,).
    """

    frame: pd.DataFrame
    demand: DemandTotals
    supply: Supply
    times: LeadTimes
    forgotten: Bools


def assemble(
    inputs: Inputs,
    book: DelayBook,
    approved: pd.DataFrame,
    overrides: Sequence[TermOverride],
    closed: set[str],
    settings: Settings,
    scenarios: Scenarios,
) -> Lines:
    """Put everything about every line together.

    Args:
        inputs: The marts.
        book: Delays of suppliers.
        approved: Approved drafts that count as on order.
        overrides: Terms that people have set.
        closed: Ids of drafts that are decided on.
        settings: What is assumed.
        scenarios: Draws that all lines share.
    """
    today = inputs.today
    frame = resolve_terms(inputs.lines, inputs.terms, inputs.suppliers, overrides, settings)
    demand = demand_totals(inputs.totals, frame, today)
    frame = _with_stock(frame, approved)
    slots, times = slots_of(frame, today), lead_times_of(frame, book)
    arrivals = pd.concat(
        [deliveries(frame, inputs.on_order, times, today), approved_deliveries(frame, approved, today)]
    )
    forgotten = np.zeros(len(frame), dtype=bool)
    forgotten[arrivals.loc[arrivals["is_forgotten"], "row"].to_numpy(dtype=np.int64)] = True
    arrivals = arrivals[~arrivals["is_forgotten"]].drop(columns="is_forgotten").reset_index(drop=True)
    frame = _with_slots(frame, slots)
    frame = _with_classes(frame)
    frame["mean_daily_demand"] = demand.expected(RISK_DAYS) / RISK_DAYS
    frame["days_of_cover"] = frame["available"] / frame["mean_daily_demand"].where(frame["mean_daily_demand"] > 0)
    frame["not_drafted"] = _why_not(frame, closed)
    frame["may_order"] = frame["not_drafted"].isna()
    batches = expiries(frame, inputs.batches, today)
    supply = supply_of(frame, slots, times, arrivals, batches, scenarios, today)
    return Lines(frame, demand, supply, times, forgotten)


def demand_totals(totals: pd.DataFrame, frame: pd.DataFrame, today: date) -> DemandTotals:
    """The published totals as arrays, in the order of the lines.

    Args:
        totals: `series_id`, `cutoff_date`, `horizon_days`, `mean_units` and the quantile columns.
        frame: Lines: `series_id`, `store_id`, `has_fractions`, `sold_today`.
        today: The day that counts as today: sales of it that are over take the same share off its demand.
    """
    horizon = int(totals["horizon_days"].max())
    names = ["mean_units", *TOTAL_COLUMNS]
    numbered = totals.merge(frame[["series_id"]].assign(row=np.arange(len(frame))), on="series_id")
    values = np.full((len(frame), horizon, len(names)), np.nan)
    values[numbered["row"], numbered["horizon_days"] - 1] = numbered[names].to_numpy(dtype=float)
    cutoff = pd.Timestamp(totals["cutoff_date"].max()).date()
    gone = min(max((today - cutoff).days - 1, 0), horizon - 1)
    mean = values[:, :, 0]
    expected_today = mean[:, gone] - (mean[:, gone - 1] if gone else 0.0)
    return DemandTotals(
        mean=mean,
        quantiles=values[:, :, 1:],
        is_whole=~frame["has_fractions"].to_numpy(dtype=bool),
        days_gone=gone,
        share_gone=_share_gone(frame, expected_today),
    )


def _share_gone(frame: pd.DataFrame, expected_today: Floats) -> Floats:
    """How much of today is over, by store: what it has sold of what it was expected to."""
    sums = pd.DataFrame(
        {"store": frame["store_id"].to_numpy(), "sold": frame["sold_today"].to_numpy(), "expected": expected_today}
    )
    of_store = sums.groupby("store")[["sold", "expected"]].transform("sum")
    sold, expected = of_store["sold"].to_numpy(), of_store["expected"].to_numpy()
    gone = np.divide(sold, expected, out=np.zeros(len(frame)), where=expected > 0)
    return np.asarray(np.clip(gone, 0.0, 1.0))


def _with_stock(frame: pd.DataFrame, approved: pd.DataFrame) -> pd.DataFrame:
    moved = approved.dropna(subset=["from_store_id"]).groupby(["from_store_id", "product_id"])["quantity"].sum()
    keys = pd.MultiIndex.from_frame(frame[["store_id", "product_id"]])
    outgoing = moved.reindex(keys).fillna(0.0).to_numpy(dtype=float)
    available = np.maximum(frame["on_hand"], 0.0) - np.maximum(frame["reserved"], 0.0) - outgoing
    return frame.assign(outgoing=outgoing, available=np.maximum(available, 0.0))


def _with_slots(frame: pd.DataFrame, slots: list[OrderSlots]) -> pd.DataFrame:
    promised = frame["lead_time_days"].to_numpy(dtype=float)
    lead = [timedelta(days=round(days)) for days in promised]
    names = [slot_delivery(slot, days) for slot, days in zip(slots, promised, strict=True)]
    frame = frame.assign(
        order_date=[slot.first for slot in slots],
        delivery_date=[slot.first + days for slot, days in zip(slots, lead, strict=True)],
        next_delivery_date=[slot.second + days for slot, days in zip(slots, lead, strict=True)],
        review_days=[(slot.second - slot.first).days for slot in slots],
        draft_id=[
            draft_key(product, store, name)
            for product, store, name in zip(frame["product_id"], frame["store_id"], names, strict=True)
        ],
    )
    frame["service_level_source"] = [sources.get("service_level", "") for sources in frame["term_sources"]]
    frame["order_key"] = [
        None if not isinstance(supplier, str) else f"{supplier}|{store}|{day.isoformat()}"
        for supplier, store, day in zip(frame["supplier_id"], frame["store_id"], frame["order_date"], strict=True)
    ]
    return frame


def _with_classes(frame: pd.DataFrame) -> pd.DataFrame:
    net = frame["net_amount"].to_numpy(dtype=float)
    margin = net - frame["recent_units"].to_numpy(dtype=float) * frame["unit_cost"].to_numpy(dtype=float)
    known = np.isfinite(margin)
    rate = margin[known].sum() / net[known].sum() if net[known].sum() > 0 else 1.0
    weeks = frame["weeks"].to_numpy(dtype=float)
    mean = frame["weekly_units"].to_numpy(dtype=float) / weeks
    variance = frame["weekly_squares"].to_numpy(dtype=float) / weeks - mean**2
    variation = np.divide(np.sqrt(np.maximum(variance, 0.0)), mean, out=np.full(len(frame), np.inf), where=mean > 0)
    return frame.assign(
        abc_class=abc_classes(np.where(known, margin, net * rate), frame["store_id"]).to_numpy(),
        xyz_class=xyz_classes(variation).to_numpy(),
    )


def _why_not(frame: pd.DataFrame, closed: set[str]) -> pd.Series[str]:
    delivery = pd.to_datetime(frame["delivery_date"])
    is_ended = pd.to_datetime(frame["discontinued_date"]) <= delivery
    return pd.Series(
        np.select(
            [
                ~frame["is_stocked"].fillna(True).astype(bool),
                ~frame["is_active"].fillna(True).astype(bool) | is_ended,
                pd.to_datetime(frame["closed_date"]) <= delivery,
                frame["draft_id"].isin(closed),
            ],
            [_NOT_STOCKED, _DISCONTINUED, _CLOSED_STORE, _DECIDED],
            default="",
        ),
        index=frame.index,
        dtype=object,
    ).replace("", None)
