"""How often products were without stock at close, from opening stock and movements alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from evals.gold.periods import Days
from evals.gold.raw import RawFiles

RATE_DAYS: Final = 28
"""Days with stock that a rate of sale is the mean of."""
RANGE_DAYS: Final = 90
"""A product is on a store's range for so many days after a sale or a day with stock, that day included."""


def daily_rates(raw: RawFiles) -> pd.DataFrame:
    """Mean daily units sold over the last 28 complete days with stock at close, by product and store (`rate`)."""
    closing, days = _closing(raw)
    lines = raw.lines
    sales = lines[(lines["line_type"] == "goods") & (lines["quantity"] >= 0)]
    sold = _daily(sales, days).reindex(closing.index, fill_value=0).iloc[:, :-1]
    in_stock = (closing > 0).iloc[:, :-1]
    counted = in_stock & (in_stock.iloc[:, ::-1].cumsum(axis=1).iloc[:, ::-1] <= RATE_DAYS)
    rates = sold.where(counted, 0).sum(axis=1) / counted.sum(axis=1).replace(0, np.nan)
    return raw.described(rates.rename("rate").reset_index())


def stockout_rate(raw: RawFiles, by: Sequence[str], where: Mapping[str, Sequence[str]], period: Days) -> pd.Series[Any]:
    """Product-store-days without stock at close over those on range (a sale or stock in the last 90 days)."""
    closing, days = _closing(raw)
    moves = raw.movements
    sold = _daily(moves[moves["movement_type"] == "sale"], days).abs().reindex(closing.index, fill_value=0)
    alive = ((closing > 0) | (sold > 0)).to_numpy()
    seen = np.where(alive, np.arange(len(days)), -RANGE_DAYS - 1)
    on_range = np.arange(len(days)) - np.maximum.accumulate(seen, axis=1) < RANGE_DAYS
    inside = (days >= pd.Timestamp(period[0])) & (days <= pd.Timestamp(period[1]))
    frame = pd.DataFrame(
        {
            "out": (on_range & (closing.to_numpy() <= 0))[:, inside].sum(axis=1),
            "ranged": on_range[:, inside].sum(axis=1),
        },
        index=closing.index,
    ).reset_index()
    frame = raw.described(frame)
    for name, values in where.items():
        frame = frame[frame[name].isin(list(values))]
    if not by:
        return pd.Series([frame["out"].sum() / frame["ranged"].sum()])
    summed = frame.groupby(list(by))[["out", "ranged"]].sum()
    return summed["out"] / summed["ranged"]


def _closing(raw: RawFiles) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """Stock at close by product and store, a column for each day, and the days."""
    moves = raw.movements
    days = pd.date_range(moves["day"].min(), pd.Timestamp(raw.today))
    return _daily(moves, days).cumsum(axis=1), days


def _daily(moves: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    keys = ["store_id", "product_id"]
    summed = moves.groupby([*keys, "day"])["quantity"].sum().reset_index()
    table = summed.pivot_table(index=keys, columns="day", values="quantity", fill_value=0)
    return table.reindex(columns=days, fill_value=0)
