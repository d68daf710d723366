"""Rows of `fct_demand_daily`: what was sold, for how much of the day it was there, and what demand is thought to be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasting.panel.panel import Panel
from forecasting.panel.warehouse import PRODUCT_STORE

HISTORY_DAYS = 182
"""Days shown beside a forecast, the newest."""


def demand_rows(panel: Panel) -> pd.DataFrame:
    """One row per product, store and day since its start, the last 182 days; categories have none.

    Returns:
        The columns of `forecasting.tables.SCHEMAS["fct_demand_daily"]`: `units_sold` as observed, `demand` as the
        models read it (null where nobody knows), `availability` null where it is unknown when the shelf ran out.
    """
    start = max(0, len(panel.dates) - HISTORY_DAYS)
    single = (panel.series["level"] == PRODUCT_STORE).to_numpy()
    rows, columns = np.nonzero(np.isfinite(panel.units[:, start:]) & single[:, None])
    columns = columns + start
    availability = panel.in_stock.astype(np.float32) if panel.availability is None else panel.availability
    promoted = panel.known.get("is_promoted")
    return pd.DataFrame(
        {
            "series_id": panel.series["unique_id"].to_numpy()[rows],
            "store_id": panel.series["store_id"].to_numpy()[rows],
            "product_id": panel.series["product_id"].to_numpy()[rows],
            "business_date": panel.dates.to_numpy()[columns],
            "units_sold": panel.units[rows, columns],
            "demand": panel.demand[rows, columns],
            "availability": availability[rows, columns],
            "is_in_stock": panel.in_stock[rows, columns],
            "is_promoted": False if promoted is None else promoted[rows, columns] > 0,
        }
    )
