"""What runs out, when, and how sure that is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.cycle import RISK_DAYS, Cycle
from forecasting.replenishment.demand import Floats
from forecasting.replenishment.tables import SCHEMAS, STOCK_RISK

EARLY, MIDDLE, LATE = 0.1, 0.5, 0.9
_WEEKS: Final = {"risk_7_days": 7, "risk_14_days": 14, "risk_28_days": RISK_DAYS}


def stockout_dates(cycle: Cycle, chance: float, today: date) -> list[date | None]:
    """First day by whose end the shelf is empty with at least this chance; null where that is beyond the days told."""
    reached = cycle.is_out >= chance - 1e-9
    first = reached.argmax(axis=1)
    return [
        today + timedelta(days=int(day)) if is_reached else None
        for day, is_reached in zip(first, reached.any(axis=1), strict=True)
    ]


def days_of_cover(available: Floats, mean_daily: Floats) -> Floats:
    """Days that the stock lasts at the expected demand; NaN without demand."""
    return np.divide(available, mean_daily, out=np.full(len(available), np.nan), where=mean_daily > 0)


def stock_risk_rows(
    lines: pd.DataFrame, cycle: Cycle, arrivals: pd.DataFrame, has_draft: pd.Series[bool], today: date
) -> pd.DataFrame:
    """The published table of stock risk, one row per line in their order.

    Args:
        lines: Names, stock, `price`, `mean_daily_demand`, classes and evidence.
        cycle: The cycle of each line: deliveries on order are in it, this run's drafts are not.
        arrivals: Units on their way: `row`, `day`, `quantity`.
        has_draft: Whether something is drafted for a line.
        today: The day that counts as today.
    """
    coming = arrivals.groupby("row").agg(day=("day", "min"), quantity=("quantity", "sum")).reindex(range(len(lines)))
    on_order = coming["quantity"].fillna(0.0).to_numpy()
    available = lines["available"].to_numpy(dtype=float)
    rows = lines.assign(
        on_order=on_order,
        inventory_position=available + on_order,
        days_of_cover=days_of_cover(available, lines["mean_daily_demand"].to_numpy(dtype=float)),
        next_receipt_date=[None if np.isnan(day) else today + timedelta(days=int(day)) for day in coming["day"]],
        early_stockout_date=stockout_dates(cycle, EARLY, today),
        stockout_date=stockout_dates(cycle, MIDDLE, today),
        late_stockout_date=stockout_dates(cycle, LATE, today),
        expected_lost_units=cycle.lost,
        expected_lost_amount=cycle.lost * lines["price"].to_numpy(dtype=float),
        has_draft=has_draft.to_numpy(),
        **{name: cycle.is_out[:, days - 1] for name, days in _WEEKS.items()},
    )
    return rows[list(SCHEMAS[STOCK_RISK])]
