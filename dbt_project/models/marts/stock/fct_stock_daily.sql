{{ config(materialized='incremental', incremental_strategy='stock_days', on_schema_change='fail') }}
-- depends_on: {{ ref('int_stock_rebuild_starts') }}

with running as (
    select
        events.store_id,
        events.product_id,
        events.business_date,
        events.kind,
        events.opened,
        events.received,
        events.sold,
        events.returned,
        events.transferred,
        events.adjusted,
        events.net_quantity,
        coalesce(events.units_sold, 0) as units_sold,
        coalesce(events.units_net, 0) as units_net,
        coalesce(events.net_amount, 0) as net_amount,
        events.active_date,
        sum(events.net_quantity) over history as on_hand,
        last_value(events.unit_cost ignore nulls) over history as unit_cost,
        lead(events.business_date) over (
            partition by events.store_id, events.product_id
            order by events.business_date, events.kind
        ) as next_date,
        stores.as_of_date,
        stores.closed_date,
        products.discontinued_date
    from {{ ref('int_stock_events') }} as events
    inner join {{ ref('int_stores_completed') }} as stores on events.store_id = stores.store_id
    inner join {{ ref('int_products_completed') }} as products on events.product_id = products.product_id
    window history as (
        partition by events.store_id, events.product_id
        order by events.business_date, events.kind
        rows unbounded preceding
    )
),

-- From one event to the next the stock does not change, so that what follows counts days without making them.
intervals as (
    select
        store_id,
        product_id,
        business_date,
        kind,
        opened,
        received,
        sold,
        returned,
        transferred,
        adjusted,
        on_hand - net_quantity + opened as opening,
        on_hand,
        unit_cost,
        units_sold,
        units_net,
        net_amount,
        least(next_date - 1, as_of_date) as last_date,
        as_of_date,
        closed_date,
        discontinued_date,
        kind = 'in_stock_day' or (kind = 'event' and on_hand > 0) as is_in_stock,
        case
            when kind = 'in_stock_day' then 1
            when kind = 'event' and on_hand > 0 then least(next_date - 1, as_of_date) - business_date + 1
            else 0
        end as in_stock_days,
        case
            when kind != 'event' then active_date
            when on_hand != 0 or units_sold > 0 or sold > 0 then business_date
            when on_hand - net_quantity + opened != 0 then business_date - 1
        end as active_date
    from running
),

counted as (
    select
        *,
        sum(in_stock_days) over history as in_stock_days_so_far,
        max(active_date) over history as last_active_date
    from intervals
    window history as (
        partition by store_id, product_id
        order by business_date, kind
        rows unbounded preceding
    )
),

-- Ordered by the number of the day among the days in stock, 28 of them are a range.
measured as (
    select
        *,
        least(in_stock_days_so_far, 28) as measured_days,
        sum(case when is_in_stock then units_sold else 0 end) over last_in_stock_days as recent_units_sold,
        sum(case when is_in_stock then units_net else 0 end) over last_in_stock_days as recent_units_net,
        sum(case when is_in_stock then net_amount else 0 end) over last_in_stock_days as recent_net_amount
    from counted
    window last_in_stock_days as (
        partition by store_id, product_id
        order by case when is_in_stock then in_stock_days_so_far - in_stock_days + 1 else in_stock_days_so_far end
        range between 27 preceding and current row
    )
),

estimated as (
    select
        *,
        case when measured_days > 0 then recent_units_sold / measured_days else 0 end as mean_daily_units,
        case when recent_units_net > 0 then recent_net_amount / recent_units_net end as usual_price,
        least(
            last_date,
            closed_date,
            case when on_hand = 0 then last_active_date + 89 end
        ) as last_range_date
    from measured
    where kind = 'event'
),

days as (
    select
        *,
        unnest(range(0, last_range_date - business_date + 1)) as day_offset
    from estimated
    where last_range_date >= business_date
),

dated as (
    select
        store_id,
        product_id,
        cast(business_date + cast(day_offset as integer) as date) as business_date,
        case when day_offset = 0 then opening else on_hand end as opening,
        case when day_offset = 0 then received else 0 end as received,
        case when day_offset = 0 then sold else 0 end as sold,
        case when day_offset = 0 then returned else 0 end as returned,
        case when day_offset = 0 then transferred else 0 end as transferred,
        case when day_offset = 0 then adjusted else 0 end as adjusted,
        on_hand,
        on_hand <= 0 as is_stockout,
        on_hand > 0 as is_in_stock,
        business_date + cast(day_offset as integer) < as_of_date as is_complete_day,
        case when day_offset = 0 then units_sold else 0 end as units_sold,
        unit_cost,
        case
            when business_date + cast(day_offset as integer) > discontinued_date then 0
            else mean_daily_units
        end as mean_daily_units,
        usual_price
    from days
),

lost as (
    select
        *,
        case
            when not is_complete_day then null
            when is_stockout then greatest(mean_daily_units - units_sold, 0)
            else 0
        end as lost_units
    from dated
)

select
    store_id,
    product_id,
    business_date,
    {{ as_amount('opening') }} as opening,
    {{ as_amount('received') }} as received,
    {{ as_amount('sold') }} as sold,
    {{ as_amount('returned') }} as returned,
    {{ as_amount('transferred') }} as transferred,
    {{ as_amount('adjusted') }} as adjusted,
    {{ as_amount('on_hand') }} as on_hand,
    is_stockout,
    is_in_stock,
    is_complete_day,
    {{ as_amount('units_sold') }} as units_sold,
    {{ as_amount('unit_cost') }} as unit_cost,
    {{ as_amount('on_hand * unit_cost') }} as stock_value,
    {{ as_amount('lost_units') }} as lost_units_estimate,
    {{ as_amount('case when lost_units = 0 then 0 else lost_units * usual_price end') }} as lost_sales_estimate
from lost
