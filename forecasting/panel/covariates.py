"""What is known of the days to come as of those past: promotions, prices, holidays and open days of each series."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.panel.days import Span, fetch
from forecasting.panel.holidays import holiday_names
from forecasting.panel.opening import open_days
from forecasting.panel.panel import Matrix
from retail.vocabulary import MARTS_SCHEMA

_PROMOTED = f"""
with planned as (
    select distinct
        members.series_row,
        greatest(periods.starts_date, $first) - $first as first_day,
        least(periods.ends_date, $until) - $first as last_day,
        coalesce(periods.discount_rate, 0)::float as discount_rate
    from {MARTS_SCHEMA}.fct_promotion_periods as periods
    join forecast_members as members
        on periods.product_id = members.product_id
        and (periods.store_id is null or periods.store_id = members.store_id)
    where periods.ends_date >= $first and periods.starts_date <= $until
)
select series_row, day, max(discount_rate)::float as discount_rate
from (select series_row, unnest(range(first_day, last_day + 1)) as day, discount_rate from planned)
group by all
"""

# Later rows win over earlier ones: a store's own price over that of every store, a newer price over an older one.
_LISTED = f"""
select
    series.series_row,
    greatest(periods.valid_from_date, $first) - $first as first_day,
    least(coalesce(periods.valid_to_date, $until), $until) - $first as last_day,
    periods.price::float as price
from {MARTS_SCHEMA}.fct_price_periods as periods
join forecast_series as series
    on periods.product_id = series.product_id
    and (periods.store_id is null or periods.store_id = series.store_id)
where coalesce(periods.valid_to_date, $until) >= $first and periods.valid_from_date <= $until
order by periods.store_id is not null, periods.valid_from_date
"""

_OPEN_STORES = f"""
select distinct sales.store_id, sales.business_date - $first as day
from {MARTS_SCHEMA}.fct_sales_daily as sales
where sales.business_date between $first and $last and sales.units_sold > 0
"""

_STORES = f"select store_id, country, time_zone, currency from {MARTS_SCHEMA}.dim_stores"


def known_covariates(warehouse: duckdb.DuckDBPyConnection, series: pd.DataFrame, span: Span) -> dict[str, Matrix]:
    """Covariates by name, each of shape (series, days + horizon).

    `is_promoted`: 1 where a planned promotion covers the day. `price`: the list price less the promotion's discount,
    NaN for a series without a price list. Neither is taken from sales: that a sale named a promotion, or what was paid,
    says that something sold, and a forecast from a past cutoff would know it.
    `is_holiday`: public holiday of the store's country. `is_open`: 0 where the store was, or is likely to be, closed.
    """
    shape = (len(series), len(span.dates_ahead))
    promoted, discount = _promotions(warehouse, shape, span)
    is_holiday, is_open = _calendar(warehouse, series, span)
    price = _listed(warehouse, shape, span) * (1 - discount)
    return {"is_promoted": promoted, "price": _filled(price), "is_holiday": is_holiday, "is_open": is_open}


def _promotions(warehouse: duckdb.DuckDBPyConnection, shape: tuple[int, int], span: Span) -> tuple[Matrix, Matrix]:
    """Whether a promotion runs, and the largest discount as a fraction."""
    days = fetch(warehouse, _PROMOTED, first=span.first, until=span.dates_ahead[-1].date())
    promoted, discount = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    cells = days["series_row"], days["day"]
    promoted[cells] = 1
    discount[cells] = np.clip(days["discount_rate"].astype(np.float32), 0, 1)
    return promoted, discount


def _listed(warehouse: duckdb.DuckDBPyConnection, shape: tuple[int, int], span: Span) -> Matrix:
    periods = fetch(warehouse, _LISTED, first=span.first, until=span.dates_ahead[-1].date())
    price = np.full(shape, np.nan, dtype=np.float32)
    rows = zip(periods["series_row"], periods["first_day"], periods["last_day"], periods["price"], strict=True)
    for row, first, last, amount in rows:
        price[row, first : last + 1] = amount
    return price


def _filled(values: Matrix) -> Matrix:
    """Unknown values take the last known one before, at the start the first one."""
    known = np.isfinite(values)
    place = np.maximum.accumulate(np.where(known, np.arange(values.shape[1]), -1), axis=1)
    place = np.where(place < 0, known.argmax(axis=1)[:, None], place)
    return np.take_along_axis(values, place, axis=1)


def _calendar(warehouse: duckdb.DuckDBPyConnection, series: pd.DataFrame, span: Span) -> tuple[Matrix, Matrix]:
    stores = warehouse.execute(_STORES).df().set_index("store_id")
    sold = fetch(warehouse, _OPEN_STORES, first=span.first, last=span.last)
    shape = (len(series), len(span.dates_ahead))
    is_holiday, is_open = np.zeros(shape, dtype=np.float32), np.ones(shape, dtype=np.float32)
    for store_id, members in series.groupby("store_id"):
        store = stores.loc[store_id]
        names = holiday_names(store["country"], store["time_zone"], store["currency"], span.dates_ahead)
        has_sold = np.zeros(len(span.dates), dtype=bool)
        has_sold[sold["day"][sold["store_id"] == store_id].astype(np.int64)] = True
        rows: NDArray[np.int64] = members.index.to_numpy()
        is_holiday[rows] = np.array([bool(name) for name in names], dtype=np.float32)
        is_open[rows] = open_days(has_sold, span.dates_ahead, names)
    return is_holiday, is_open
