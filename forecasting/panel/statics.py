"""What describes a series and does not change: price band and perishability beside store, product and category."""

from __future__ import annotations

import numpy as np
import pandas as pd

PRICE_BANDS = ("low", "middle", "high")
PERISHABILITY = ("days", "week", "month", "long")

_SHELF_LIFE_UP_TO = (3, 10, 45)
_COLUMNS = ["unique_id", "level", "store_id", "product_id", "category", "price_band", "perishability"]


def describe(series: pd.DataFrame) -> pd.DataFrame:
    """The panel's `series`: keys, `price_band` and `perishability`.

    `price_band` is the third of its category, by list price over products, that a product lies in (`low`, `middle`,
    `high`); null where it has no list price. `perishability` is by shelf life: `days` up to 3, `week` up to 10,
    `month` up to 45, `long` beyond or where nothing is said.

    Args:
        series: Keys, `list_price` and `shelf_life_days`, null for a category.
    """
    return series.assign(price_band=_price_band(series), perishability=_perishability(series))[_COLUMNS]


def _price_band(series: pd.DataFrame) -> pd.Series:
    products = series.dropna(subset=["product_id", "list_price"]).drop_duplicates("product_id")
    rank = products.groupby("category")["list_price"].rank(pct=True)
    third = np.clip(np.ceil(rank * 3).astype(int) - 1, 0, 2)
    band = pd.Series(np.array(PRICE_BANDS, dtype=object)[third], index=products["product_id"], dtype=object)
    return series["product_id"].map(band)


def _perishability(series: pd.DataFrame) -> pd.Series:
    days = pd.to_numeric(series["shelf_life_days"]).astype("Float64").fillna(np.inf)
    place = np.searchsorted(np.array(_SHELF_LIFE_UP_TO, dtype=float), days.to_numpy(dtype=float))
    return pd.Series(np.array(PERISHABILITY, dtype=object)[place], index=series.index)
