{{ config(materialized='view') }}

-- From one event to the next the stock does not change: days can be counted without making a row of each.
with running as (
    select
        events.store_id,
        events.product_id,
        events.business_date,
        events.kind,
        events.opened,
        {{ stock_flows('events.FLOW') }},
        coalesce(events.net_quantity, 0) as net_quantity,
        coalesce(events.units_sold, 0) as units_sold,
        coalesce(events.units_net, 0) as units_net,
        coalesce(events.net_amount, 0) as net_amount,
        events.active_date,
        stores.as_of_date,
        sum(events.net_quantity) over history as on_hand,
        last_value(events.unit_cost ignore nulls) over history as unit_cost,
        coalesce(
            lead(events.business_date) over (
                partition by events.store_id, events.product_id
                order by events.business_date, events.kind
            ) - 1,
            stores.as_of_date
        ) as last_date
    from {{ ref('int_stock_events') }} as events
    inner join {{ ref('int_stores_completed') }} as stores on events.store_id = stores.store_id
    window history as (
        partition by events.store_id, events.product_id
        order by events.business_date, events.kind
        rows unbounded preceding
    )
),

judged as (
    select
        store_id,
        product_id,
        business_date,
        kind,
        on_hand - net_quantity + opened as opening,
        {{ stock_flows('FLOW') }},
        on_hand,
        unit_cost,
        units_sold,
        units_net,
        net_amount,
        last_date,
        as_of_date,
        case
            when kind = 'in_stock_day' then 1
            when kind = 'event' and on_hand > 0 then last_date - business_date + 1
            else 0
        end as in_stock_days,
        case
            when kind != 'event' then active_date
            when on_hand > 0 or units_sold > 0 or sold > 0 then business_date
            when on_hand - net_quantity + opened > 0 then business_date - 1
        end as active_date,
        case when net_quantity != 0 then business_date end as moved_date
    from running
),

counted as (
    select
        store_id,
        product_id,
        business_date,
        kind,
        opening,
        {{ stock_flows('FLOW') }},
        on_hand,
        unit_cost,
        units_sold,
        case when in_stock_days > 0 then units_sold else 0 end as in_stock_units_sold,
        case when in_stock_days > 0 then units_net else 0 end as in_stock_units_net,
        case when in_stock_days > 0 then net_amount else 0 end as in_stock_net_amount,
        last_date,
        as_of_date,
        moved_date,
        in_stock_days,
        sum(in_stock_days) over history as in_stock_days_so_far,
        max(active_date) over history as last_active_date
    from judged
    window history as (
        partition by store_id, product_id
        order by business_date, kind
        rows unbounded preceding
    )
),

-- Ordered by the number of the day among the days in stock, the last 28 of them are a range.
measured as (
    select
        store_id,
        product_id,
        business_date,
        kind,
        opening,
        {{ stock_flows('FLOW') }},
        on_hand,
        unit_cost,
        units_sold,
        last_date,
        as_of_date,
        moved_date,
        last_active_date,
        least(in_stock_days_so_far, 28) as measured_days,
        sum(in_stock_units_sold) over last_in_stock_days as recent_units_sold,
        sum(in_stock_units_net) over last_in_stock_days as recent_units_net,
        sum(in_stock_net_amount) over last_in_stock_days as recent_net_amount
    from counted
    window last_in_stock_days as (
        partition by store_id, product_id
        order by in_stock_days_so_far - greatest(in_stock_days - 1, 0)
        range between 27 preceding and current row
    )
)

select
    measured.store_id,
    measured.product_id,
    measured.business_date,
    measured.opening,
    {{ stock_flows('measured.FLOW') }},
    measured.on_hand,
    measured.unit_cost,
    measured.units_sold,
    measured.as_of_date,
    products.discontinued_date,
    coalesce(measured.recent_units_sold / nullif(measured.measured_days, 0), 0) as mean_daily_units,
    case
        when measured.recent_units_net > 0 then measured.recent_net_amount / measured.recent_units_net
    end as usual_price,
    least(
        measured.last_date,
        stores.closed_date,
        -- A product that is off the range has a row for a day on which it moves, and none for the days between.
        case
            when measured.on_hand <= 0
                then coalesce(
                    greatest(measured.last_active_date + 89, measured.moved_date), measured.business_date - 1
                )
        end
    ) as last_range_date
from measured
inner join {{ ref('int_stores_completed') }} as stores on measured.store_id = stores.store_id
inner join {{ ref('int_products_completed') }} as products on measured.product_id = products.product_id
where measured.kind = 'event'
