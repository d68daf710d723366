{{ config(materialized='incremental', incremental_strategy='stock_days', on_schema_change='fail') }}
-- depends_on: {{ ref('int_stock_rebuild_starts') }}

with days as (
    select
        store_id,
        product_id,
        business_date,
        opening,
        {{ stock_flows('FLOW') }},
        on_hand,
        unit_cost,
        units_sold,
        as_of_date,
        discontinued_date,
        mean_daily_units,
        usual_price,
        cast(unnest(range(0, last_range_date - business_date + 1)) as integer) as days_later
    from {{ ref('int_stock_intervals') }}
    where last_range_date >= business_date
),

-- What happened, happened on the first day; the others only hold the stock.
dated as (
    select
        store_id,
        product_id,
        business_date + days_later as business_date,
        case when days_later = 0 then opening else on_hand end as opening,
        {{ stock_flows('case when days_later = 0 then FLOW else 0 end as FLOW') }},
        case when days_later = 0 then units_sold else 0 end as units_sold,
        on_hand,
        unit_cost,
        as_of_date,
        case when business_date + days_later > discontinued_date then 0 else mean_daily_units end as mean_daily_units,
        usual_price
    from days
),

lost as (
    select
        store_id,
        product_id,
        business_date,
        opening,
        {{ stock_flows('FLOW') }},
        on_hand,
        on_hand <= 0 as is_stockout,
        business_date < as_of_date as is_complete_day,
        units_sold,
        unit_cost,
        case
            when business_date >= as_of_date then null
            when on_hand <= 0 then greatest(mean_daily_units - units_sold, 0)
            else 0
        end as lost_units,
        usual_price
    from dated
)

select
    store_id,
    product_id,
    business_date,
    {{ as_amount('opening') }} as opening,
    {{ stock_flows(as_amount('FLOW') ~ ' as FLOW') }},
    {{ as_amount('on_hand') }} as on_hand,
    is_stockout,
    not is_stockout as is_in_stock,
    is_complete_day,
    {{ as_amount('units_sold') }} as units_sold,
    {{ as_amount('unit_cost') }} as unit_cost,
    {{ as_amount('on_hand * unit_cost') }} as stock_value,
    {{ as_amount('lost_units') }} as lost_units_estimate,
    {{ as_amount('case when lost_units = 0 then 0 else lost_units * usual_price end') }} as lost_sales_estimate
from lost
