"""The panel from the marts: which series there are, and their days.

A store × product pair is active if it sold or had stock in the last 90 days, its product is goods and not discontinued,
and its store is not closed. The busiest pairs are forecast one by one; where there are more, the sales of all other
products go to one series per category and store, so that every sale is in exactly one series.
"""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pandas as pd

from forecasting.frequency import DAILY
from forecasting.panel.covariates import known_covariates
from forecasting.panel.days import Span, available_days, bulk_units, sold_units
from forecasting.panel.panel import MAX_HISTORY, Panel
from forecasting.panel.statics import describe
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
        products.list_price::double as list_price,
        products.shelf_life_days,
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
    case when is_single then any_value(list_price) end as list_price,
    case when is_single then any_value(shelf_life_days) end as shelf_life_days,
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


def panel_from_warehouse(
    warehouse: duckdb.DuckDBPyConnection, cutoff_date: date, max_series: int, horizon: int = DAILY.horizon
) -> Panel:
    """Every active series up to the cutoff, the busiest first, single products before categories.

    `series` has `unique_id, level, store_id, product_id, category, price_band, perishability` (see `statics`); `known`
    what `known_covariates` says, `horizon` days ahead of the cutoff too. Days out of stock, in whole or in part, are
    masked; `availability` says how much of them was served, `excess` what one-off bulk sales took.

    Args:
        warehouse: The warehouse with the marts.
        cutoff_date: Last day of the panel.
        max_series: Most store × product pairs kept one by one.
        horizon: Days after the cutoff for which covariates are wanted.

    Raises:
        ForecastError: The marts cannot be read.
    """
    try:
        warehouse.execute(_PAIRS, {"cutoff": cutoff_date, "max_series": max_series})
        warehouse.execute(_SERIES)
        warehouse.execute(_MEMBERS)
        series = warehouse.execute("from forecast_series order by series_row").df()
        first = (
            max(cutoff_date - timedelta(days=MAX_HISTORY - 1), series["start_date"].min().date())
            if len(series)
            else cutoff_date
        )
        panel = _assemble(warehouse, series, Span(first, cutoff_date, horizon))
        for table in ("forecast_pairs", "forecast_series", "forecast_members"):
            warehouse.execute(f"drop table temp.{table}")
    except duckdb.Error as error:
        raise _unreadable(error) from error
    return panel


def _assemble(warehouse: duckdb.DuckDBPyConnection, series: pd.DataFrame, span: Span) -> Panel:
    sold = sold_units(warehouse, series, span)
    in_stock, availability = available_days(warehouse, series, span, sold)
    return Panel(
        describe(series),
        span.dates,
        sold,
        in_stock,
        known_covariates(warehouse, series, span),
        availability=availability,
        excess=bulk_units(warehouse, sold, span),
    )


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
