"""What was sold of a series up to the cut-off, day by day: what was wanted, days out of stock, days on promotion."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from app.data import Row, Shop, records
from app.filters import equals
from metrics import Filter

DAYS = 112
"""Days of history that a picture shows."""


def read(shop: Shop, series: Row, cutoff: date) -> pd.DataFrame:
    """A row for every day up to the cut-off: `day`, `units`, `demand`, `is_stockout`, `is_promoted`.

    `demand` is NaN where it is not known apart from the units. A category has units alone.
    """
    first = cutoff - timedelta(days=DAYS - 1)
    is_known = series["product_id"] and shop.holds("fct_demand_daily")
    frame = _corrected(shop, series, first, cutoff) if is_known else None
    return _sold(shop, series, first, cutoff) if frame is None else frame


def _corrected(shop: Shop, series: Row, first: date, cutoff: date) -> pd.DataFrame | None:
    """History as the forecast saw it; None where the run has none."""
    names = ("business_date", "units_sold", "demand", "is_in_stock", "is_promoted")
    where = (
        equals("series_id", series["series_id"]),
        Filter(dimension="business_date", operator=">=", value=first),
        Filter(dimension="business_date", operator="<=", value=cutoff),
    )
    found = shop.rows("fct_demand_daily", names, where=where).frame()
    if found.empty:
        return None
    frame = found.assign(day=pd.to_datetime(found["business_date"])).set_index("day")
    frame = frame.reindex(pd.date_range(first, cutoff, freq="D", name="day"))
    sold = pd.to_numeric(frame["units_sold"]).fillna(0.0)
    return pd.DataFrame(
        {
            "day": frame.index,
            "units": sold.to_numpy(),
            "demand": pd.to_numeric(frame["demand"]).to_numpy(),
            "is_stockout": frame["is_in_stock"].eq(False).to_numpy(),
            "is_promoted": frame["is_promoted"].eq(True).to_numpy(),
        }
    )


def _sold(shop: Shop, series: Row, first: date, cutoff: date) -> pd.DataFrame:
    what = equals("product", series["product"]) if series["product"] else equals("category", series["category"])
    where = (equals("store", series["store"]), what)
    days = pd.date_range(first, cutoff, freq="D")
    sold = shop.query("units_sold", by=("day",), where=where, first=first, last=cutoff).frame()
    units = sold.set_index("day")["units_sold"].reindex(days).fillna(0.0)
    is_out = days.isin(_stockout_days(shop, series, first))
    return pd.DataFrame(
        {"day": days, "units": units.to_numpy(), "demand": float("nan"), "is_stockout": is_out, "is_promoted": False}
    )


def _stockout_days(shop: Shop, series: Row, first: date) -> pd.DatetimeIndex:
    if not series["product_id"] or not shop.has_stock:
        return pd.DatetimeIndex([])
    where = (
        equals("store_id", series["store_id"]),
        equals("product_id", series["product_id"]),
        equals("is_stockout", True),
        Filter(dimension="business_date", operator=">=", value=first),
    )
    found = records(shop.rows("fct_stock_daily", ("business_date",), where=where))
    return pd.DatetimeIndex([row["business_date"] for row in found])
