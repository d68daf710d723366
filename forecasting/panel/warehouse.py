"""The panel from the marts: which series there are, and their days.

A store × product pair is active if it sold or had stock in the last 90 days, its product is goods and not discontinued,
and its store is not closed. The busiest pairs are forecast one by one; where there are more, the sales of all other
products go to one series per category and store, so that every sale is in exactly one series.
"""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd

from forecasting.panel.panel import MAX_HISTORY, Mask, Panel
from retail.errors import ForecastError
from retail.vocabulary import CONTROL_SCHEMA, MARTS_SCHEMA

PRODUCT_STORE = "product_store"
CATEGORY_STORE = "category_store"
ACTIVE_DAYS = 90
_BUSY_DAYS = 182
_NO_CATEGORY = "Without category"

_PAIRS = f"""
create or replace temp table forecast_pairs as
with activity as (
    select
        store_id,
        product_id,
        min(business_date) as first_sold,
        max(business_date) filter (where units_sold > 0) as last_active,
        null::date as first_stocked,
        coalesce(sum(units_sold) filter (where business_date > $cutoff - {_BUSY_DAYS}), 0) as recent_units
    from {MARTS_SCHEMA}.fct_sales_daily
    where business_date <= $cutoff
    group by store_id, product_id
    union all by name
    select
        store_id,
        product_id,
        null as first_sold,
        max(business_date) filter (where on_hand > 0) as last_active,
        min(business_date) as first_stocked,
        0 as recent_units
    from {MARTS_SCHEMA}.fct_stock_daily
    where business_date <= $cutoff
    group by store_id, product_id
),
known as materialized (
    select
        store_id,
        product_id,
        min(first_sold) as first_sold,
        min(first_stocked) as first_stocked,
        sum(recent_units) as recent_units,
        coalesce(max(last_active) > $cutoff - {ACTIVE_DAYS}, false) as is_active
    from activity
    group by store_id, product_id
),
pairs as materialized (
    select
        known.*,
        coalesce(products.category, '{_NO_CATEGORY}') as category,
        least(
            first_sold, case when first_stocked is not null then greatest(first_stocked, launched_date) end
        ) as start_date
    from known
    join {MARTS_SCHEMA}.dim_products as products using (product_id)
    join {MARTS_SCHEMA}.dim_stores as stores using (store_id)
    where products.kind is distinct from 'charge'
        and (products.discontinued_date is null or products.discontinued_date > $cutoff)
        and (stores.closed_date is null or stores.closed_date > $cutoff)
)
select
    * exclude (is_busiest, active_pairs),
    is_active and is_busiest as is_single,
    case
        when is_active and is_busiest then store_id || '|' || product_id
        when active_pairs > $max_series then store_id || '|category:' || category
    end as unique_id
from (
    select
        *,
        row_number() over (
            order by is_active desc, recent_units desc, store_id, product_id
        ) <= $max_series as is_busiest,
        (select count(*) from pairs where is_active and start_date <= $cutoff) as active_pairs
    from pairs
    where start_date <= $cutoff
)
"""

_SERIES = f"""
create or replace temp table forecast_series as
select
    unique_id,
    case when is_single then '{PRODUCT_STORE}' else '{CATEGORY_STORE}' end as level,
    store_id,
    case when is_single then any_value(product_id) end as product_id,
    category,
    min(start_date) as start_date,
    case when is_single then min(first_stocked) end as first_stocked,
    row_number() over (order by is_single desc, sum(recent_units) desc, unique_id) - 1 as series_row
from forecast_pairs
where unique_id is not null
group by unique_id, is_single, store_id, category
having bool_or(is_active)
"""

_MEMBERS = """
create or replace temp table forecast_members as
select pairs.store_id, pairs.product_id, series.series_row
from forecast_pairs as pairs
join forecast_series as series using (unique_id)
"""

_DAYS = f"""
select
    series_row,
    business_date - $first as day,
    sum(units_sold)::float as units,
    max(is_promoted::int)::float as is_promoted,
    (sum(net_amount) / nullif(sum(units_net), 0))::float as price
from {MARTS_SCHEMA}.fct_sales_daily
join forecast_members using (store_id, product_id)
where business_date between $first and $cutoff
group by all
"""

_STOCK = f"""
select series.series_row, stock.business_date - $first as day, coalesce(stock.is_in_stock, true) as is_in_stock
from {MARTS_SCHEMA}.fct_stock_daily as stock
join forecast_series as series using (store_id, product_id)
where stock.business_date between $first and $cutoff
"""


def find_cutoff(warehouse: duckdb.DuckDBPyConnection, as_of_date: date | None = None) -> date | None:
    """The last complete day with sales: before `as_of_date`, or before the workspace's own as-of day.

    Returns:
        None where there is no sale before that day.

    Raises:
        ForecastError: The marts cannot be read.
    """
    try:
        today = as_of_date or _workspace_day(warehouse)
        newest = _one(warehouse, f"select max(business_date) from {MARTS_SCHEMA}.fct_sales_daily")
        today = today or newest
        if today is None:
            return None
        return _one(
            warehouse, f"select max(business_date) from {MARTS_SCHEMA}.fct_sales_daily where business_date < ?", today
        )
    except duckdb.Error as error:
        raise _unreadable(error) from error


def panel_from_warehouse(warehouse: duckdb.DuckDBPyConnection, cutoff_date: date, max_series: int) -> Panel:
    """Every active series up to the cutoff, the busiest first, single products before categories.

    `series` has `unique_id, level, store_id, product_id, category`; the known covariates are `is_promoted` (0 or 1) and
    `price` (net amount a unit; NaN on days without sales). Days on range but out of stock are masked.

    Args:
        warehouse: The warehouse with the marts.
        cutoff_date: Last day of the panel.
        max_series: Most store × product pairs kept one by one.

    Raises:
        ForecastError: The marts cannot be read.
    """
    first = cutoff_date - timedelta(days=MAX_HISTORY - 1)
    try:
        warehouse.execute(_PAIRS, {"cutoff": cutoff_date, "max_series": max_series})
        warehouse.execute(_SERIES)
        warehouse.execute(_MEMBERS)
        series = warehouse.execute("from forecast_series order by series_row").df()
        start = series["start_date"].min()
        first = max(first, start.date()) if len(series) else cutoff_date
        days = _columns(warehouse.execute(_DAYS, {"first": first, "cutoff": cutoff_date}))
        stock = _columns(warehouse.execute(_STOCK, {"first": first, "cutoff": cutoff_date}))
        for table in ("forecast_pairs", "forecast_series", "forecast_members"):
            warehouse.execute(f"drop table temp.{table}")
    except duckdb.Error as error:
        raise _unreadable(error) from error
    return _assemble(series, pd.date_range(first, cutoff_date, freq="D"), days, stock)


def _assemble(
    series: pd.DataFrame, dates: pd.DatetimeIndex, days: dict[str, np.ndarray], stock: dict[str, np.ndarray]
) -> Panel:
    shape = (len(series), len(dates))
    start = (series["start_date"] - dates[0]).dt.days.to_numpy() if len(series) else np.array([], dtype=np.int64)
    cells = days["series_row"], days["day"]
    units = np.zeros(shape, dtype=np.float32)
    units[np.arange(len(dates))[None, :] < start[:, None]] = np.nan
    units[cells] = np.maximum(days["units"], 0)
    promoted = np.zeros(shape, dtype=np.float32)
    promoted[cells] = np.nan_to_num(days["is_promoted"])
    price = np.full(shape, np.nan, dtype=np.float32)
    price[cells] = days["price"]
    return Panel(
        series[["unique_id", "level", "store_id", "product_id", "category"]],
        dates,
        units,
        _in_stock(series, dates, units, stock),
        {"is_promoted": promoted, "price": price},
    )


def _in_stock(series: pd.DataFrame, dates: pd.DatetimeIndex, units: np.ndarray, stock: dict[str, np.ndarray]) -> Mask:
    """True where demand can be seen: in stock, or no ledger yet. A day off range counts only if it sold something."""
    has_ledger = series["first_stocked"].notna().to_numpy()
    first = np.full(len(series), len(dates))
    first[has_ledger] = (series.loc[has_ledger, "first_stocked"] - dates[0]).dt.days
    in_stock: Mask = (np.arange(len(dates))[None, :] < first[:, None]) | (np.nan_to_num(units) > 0)
    in_stock[stock["series_row"], stock["day"]] = stock["is_in_stock"]
    return in_stock


def _columns(result: duckdb.DuckDBPyConnection) -> dict[str, np.ndarray]:
    """The columns of a result as plain arrays; a null float is NaN."""
    return {
        name: np.ma.filled(values, np.nan) if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
        for name, values in result.fetchnumpy().items()
    }


def _workspace_day(warehouse: duckdb.DuckDBPyConnection) -> date | None:
    known = warehouse.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = 'workspace'",
        [CONTROL_SCHEMA],
    ).fetchone()
    if not known or not known[0]:
        return None
    return _one(
        warehouse,
        f"select (as_of_at::timestamptz at time zone coalesce(default_time_zone, 'UTC'))::date "
        f"from {CONTROL_SCHEMA}.workspace",
    )


def _one(warehouse: duckdb.DuckDBPyConnection, query: str, *values: object) -> date | None:
    row = warehouse.execute(query, list(values)).fetchone()
    return row[0] if row else None


def _unreadable(error: duckdb.Error) -> ForecastError:
    return ForecastError(
        f"The demand panel cannot be read from the marts: {error}. Run the transform step first (`tillsight run`)."
    )
