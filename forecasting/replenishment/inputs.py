"""What replenishment reads from the marts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

from retail.errors import ForecastError
from retail.vocabulary import CONTROL_SCHEMA, MARTS_SCHEMA, TOTAL_COLUMNS

PRICE_DAYS: Final = 91
VARIATION_WEEKS: Final = 26
LEARNING_DAYS: Final = 400
"""Orders older than this say nothing about how a supplier delivers now."""
CURRENT_DAYS: Final = 7
"""Days after the newest figures for which the calendar goes on; older figures are replenished as of their own day."""

_TOTALS = f"""
select series_id, cutoff_date, horizon_days, mean_units, {", ".join(TOTAL_COLUMNS)}
from {MARTS_SCHEMA}.fct_demand_totals
where product_id is not null
order by store_id, product_id, horizon_days
"""

_LINES = f"""
with series as (
    select distinct on (store_id, product_id) series_id, store_id, product_id, evidence, model_name
    from {MARTS_SCHEMA}.fct_demand_totals
    where product_id is not null
),
recent as (
    select
        store_id,
        product_id,
        sum(net_amount) filter (where business_date > $today - {PRICE_DAYS}) as net_amount,
        sum(units_net) filter (where business_date > $today - {PRICE_DAYS}) as units,
        sum(units_sold) filter (where business_date = $today) as sold_today,
        bool_or(units_sold <> floor(units_sold)) as has_fractions,
        min(business_date) as first_date
    from {MARTS_SCHEMA}.fct_sales_daily
    where business_date > $today - {VARIATION_WEEKS * 7} and business_date <= $today
    group by store_id, product_id
),
weeks as (
    select store_id, product_id, ($today - 1 - business_date) // 7 as week, sum(units_sold) as units
    from {MARTS_SCHEMA}.fct_sales_daily
    where business_date > $today - 1 - {VARIATION_WEEKS * 7} and business_date < $today
    group by all
),
weekly as (
    select store_id, product_id, sum(units) as units, sum(units * units) as squares, max(week) + 1 as weeks
    from weeks
    group by store_id, product_id
),
chain_prices as (
    select product_id, sum(net_amount) / nullif(sum(units), 0) as price
    from recent
    group by product_id
),
sources_with_stock as (
    select distinct source
    from {MARTS_SCHEMA}.dim_capabilities
    where table_name in ('stock_levels', 'stock_movements') and is_available
),
last_suppliers as (
    select product_id, arg_max(supplier_id, ordered_date) as supplier_id
    from {MARTS_SCHEMA}.fct_purchase_order_lines
    where status in ('open', 'closed')
    group by product_id
)
select
    series.*,
    products.sku,
    products.product,
    products.category,
    products.is_stocked,
    products.is_active,
    products.discontinued_date,
    products.shelf_life_days::double as shelf_life_days,
    products.unit_cost::double as product_cost,
    coalesce(products.supplier_id, last_suppliers.supplier_id) as supplier_id,
    stores.store,
    stores.closed_date,
    levels.on_hand::double as on_hand,
    coalesce(levels.reserved, 0)::double as reserved,
    coalesce(recent.net_amount / nullif(recent.units, 0), chain_prices.price, products.list_price)::double as price,
    coalesce(recent.net_amount, 0)::double as net_amount,
    coalesce(recent.units, 0)::double as recent_units,
    coalesce(recent.sold_today, 0)::double as sold_today,
    coalesce(recent.has_fractions, false) or levels.on_hand <> floor(levels.on_hand) as has_fractions,
    weekly.units::double as weekly_units,
    weekly.squares::double as weekly_squares,
    weekly.weeks::double as weeks
from series
join {MARTS_SCHEMA}.dim_products as products using (product_id)
join {MARTS_SCHEMA}.dim_stores as stores using (store_id)
join sources_with_stock on products.source = sources_with_stock.source
join {MARTS_SCHEMA}.fct_stock_levels as levels using (store_id, product_id)
left join recent using (store_id, product_id)
left join weekly using (store_id, product_id)
left join chain_prices using (product_id)
left join last_suppliers using (product_id)
where levels.on_hand is not null
order by store_id, product_id
"""

_SUPPLIERS = f"""
select supplier_id, supplier, minimum_order_amount::double as minimum_order_amount, order_days
from {MARTS_SCHEMA}.dim_suppliers
order by supplier_id
"""

_TERMS = f"""
select
    supplier_id, product_id, lead_time_days::double as lead_time_days, order_days, moq::double as moq,
    pack_size::double as pack_size, unit_cost::double as unit_cost
from {MARTS_SCHEMA}.fct_supplier_terms
order by supplier_id, product_id
"""

# A line that was closed without a receipt says nothing of when goods come, only that they did not.
_RECEIPTS = f"""
with promised as (
    select supplier_id, median(lead_time_days) as lead_time_days
    from {MARTS_SCHEMA}.fct_supplier_terms
    group by supplier_id
),
placed as (
    select
        lines.*,
        coalesce(terms.lead_time_days, promised.lead_time_days, lines.expected_date - lines.ordered_date, $assumed)
            as promised_days,
        count(*) over (partition by lines.purchase_order_id) as order_lines
    from {MARTS_SCHEMA}.fct_purchase_order_lines as lines
    left join {MARTS_SCHEMA}.fct_supplier_terms as terms using (supplier_id, product_id)
    left join promised using (supplier_id)
    where lines.status in ('open', 'closed')
        and lines.ordered_date between $today - {LEARNING_DAYS} and $today
        and (lines.first_received_date is not null or lines.is_open)
)
select
    supplier_id,
    store_id,
    (coalesce(first_received_date, $today) - ordered_date - round(promised_days))::bigint as delay_days,
    first_received_date is not null as is_received,
    sum(1 / order_lines) as orders
from placed
group by all
order by all
"""

_ON_ORDER = f"""
select supplier_id, store_id, product_id, ordered_date, expected_date, sum(on_order_quantity)::double as quantity
from {MARTS_SCHEMA}.fct_purchase_order_lines
where is_open and on_order_quantity > 0
group by all
order by all
"""

_PURCHASES = f"""
select store_id, product_id, max(ordered_date) as ordered_date
from {MARTS_SCHEMA}.fct_purchase_order_lines
where status in ('open', 'closed')
group by all
"""

_BATCHES = f"""
select store_id, product_id, received_date, units::double as quantity
from {MARTS_SCHEMA}.fct_stock_batches
where received_date is not null
order by store_id, product_id, received_date
"""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The marts, as far as replenishment needs them; a frame each.

    Attributes:
        today: The day that counts as today.
        currency: Reporting currency: that of all money.
        zone: Time zone of the workspace: days of decisions are told in it.
        totals: Cumulative demand by series and day.
        lines: Product-stores with a forecast of their own and a stock figure.
        suppliers: Suppliers with their minimum.
        terms: Terms by supplier and product.
        receipts: Delays by supplier and store.
        on_order: Open order lines.
        purchases: Last order date by product-store.
        batches: What is on hand by day of receipt.
    """

    today: date
    currency: str
    zone: ZoneInfo
    totals: pd.DataFrame
    lines: pd.DataFrame
    suppliers: pd.DataFrame
    terms: pd.DataFrame
    receipts: pd.DataFrame
    on_order: pd.DataFrame
    purchases: pd.DataFrame
    batches: pd.DataFrame


def read_inputs(
    warehouse: duckdb.DuckDBPyConnection,
    as_of_date: date | None,
    assumed_lead_time_days: int,
    calendar_date: date | None = None,
) -> Inputs | None:
    """Read the marts.

    Args:
        warehouse: The warehouse.
        as_of_date: The day that counts as today; null takes the calendar's, or that of the stock levels.
        assumed_lead_time_days: Lead time where nobody promised one.
        calendar_date: Today by the calendar; null, as for a demo, leaves it to the stock levels.

    Returns:
        None where there is no stock figure or no day that counts as today: nothing to replenish.

    Raises:
        ForecastError: A mart cannot be read.
    """
    try:
        found = warehouse.execute(f"select max(as_of_date) from {MARTS_SCHEMA}.fct_stock_levels").fetchone()
        today = as_of_date or _today(found[0] if found else None, calendar_date)
        if today is None:
            return None
        control = warehouse.execute(
            f"select max(reporting_currency), max(default_time_zone) from {CONTROL_SCHEMA}.workspace"
        ).fetchone()
        currency, zone = control or (None, None)

        def frame(query: str, **values: object) -> pd.DataFrame:
            return warehouse.execute(query, values).df()

        return Inputs(
            today=today,
            currency=str(currency or ""),
            zone=ZoneInfo(str(zone or "UTC")),
            totals=frame(_TOTALS),
            lines=frame(_LINES, today=today),
            suppliers=frame(_SUPPLIERS),
            terms=frame(_TERMS),
            receipts=frame(_RECEIPTS, today=today, assumed=assumed_lead_time_days),
            on_order=frame(_ON_ORDER),
            purchases=frame(_PURCHASES),
            batches=frame(_BATCHES),
        )
    except duckdb.Error as error:
        raise ForecastError(
            f"The marts cannot be read for replenishment: {error}. Build them with `tillsight run`."
        ) from error


def _today(newest: date | None, calendar_date: date | None) -> date | None:
    """The calendar's day where the figures are from shortly before it: by night, the day of the newest sale is over."""
    is_current = newest and calendar_date and newest < calendar_date <= newest + timedelta(days=CURRENT_DAYS)
    return calendar_date if is_current else newest
