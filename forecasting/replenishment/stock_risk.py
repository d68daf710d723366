"""What runs out, when, and how sure that is."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.cycle import RISK_DAYS, Cycle
from forecasting.replenishment.demand import Bools, Floats
from forecasting.replenishment.policy import Plan
from forecasting.replenishment.tables import SCHEMAS, STOCK_RISK

EARLY, MIDDLE, LATE = 0.1, 0.5, 0.9
_WEEKS: Final = {"risk_7_days": 7, "risk_14_days": 14, "risk_28_days": RISK_DAYS}


def stockout_dates(cycle: Cycle, chance: float, today: date) -> pd.DatetimeIndex:
    """First day by whose end the shelf is empty with at least this chance; NaT where that is beyond the days told."""
    reached = cycle.is_out >= chance - 1e-9
    return days_from(today, np.where(reached.any(axis=1), reached.argmax(axis=1), np.nan))


def days_from(today: date, days: Floats) -> pd.DatetimeIndex:
    """The dates that lie so many days ahead; NaT for NaN."""
    return pd.DatetimeIndex(pd.Timestamp(today) + pd.to_timedelta(days, unit="D"))


def stock_risk_rows(
    lines: pd.DataFrame, plan: Plan, arrivals: pd.DataFrame, has_draft: Bools, today: date
) -> pd.DataFrame:
    """The published table of stock risk, one row per line in their order.

    Args:
        lines: Names, stock, `price`, `mean_daily_demand`, `days_of_cover`, classes and evidence.
        plan: The cycle of each line: deliveries on order are in it, this run's drafts are not. What is lost is told
            up to the cycle's end: later orders can still save the rest.
        arrivals: Units on their way: `row`, `day`, `quantity`.
        has_draft: Whether something is drafted for a line.
        today: The day that counts as today.
    """
    coming = arrivals.groupby("row").agg(day=("day", "min"), quantity=("quantity", "sum")).reindex(range(len(lines)))
    cycle = plan.cycle
    lost = cycle.lost_before.mean(axis=1) + plan.need.missed(np.zeros(len(lines)))
    on_order = coming["quantity"].fillna(0.0).to_numpy()
    available = lines["available"].to_numpy(dtype=float)
    rows = lines.assign(
        on_order=on_order,
        inventory_position=available + on_order,
        next_receipt_date=days_from(today, coming["day"].to_numpy(dtype=float)),
        early_stockout_date=stockout_dates(cycle, EARLY, today),
        stockout_date=stockout_dates(cycle, MIDDLE, today),
        late_stockout_date=stockout_dates(cycle, LATE, today),
        expected_lost_units=lost,
        expected_lost_amount=lost * lines["price"].to_numpy(dtype=float),
        has_draft=has_draft,
        **{name: cycle.is_out[:, days - 1] for name, days in _WEEKS.items()},
    )
    return rows[list(SCHEMAS[STOCK_RISK])]
