with placed as (
    select
        receipts.receipt_id,
        receipts.source,
        receipts.store_id,
        receipts.product_id,
        receipts.purchase_order_line_id,
        coalesce(receipts.purchase_order_id, order_lines.purchase_order_id) as purchase_order_id,
        receipts.received_at,
        cast(
            {{ local_time('receipts.received_at', 'stores.time_zone', 'zone_days.offset_microseconds') }}
            as date
        ) as received_date,
        receipts.quantity,
        coalesce(receipts.unit_cost, order_lines.unit_cost) as unit_cost,
        stores.currency as store_currency
    from {{ ref('int_receipts_unioned') }} as receipts
    inner join {{ ref('int_stores_completed') }} as stores on receipts.store_id = stores.store_id
    left join {{ ref('int_time_zone_days') }} as zone_days
        on
            stores.time_zone = zone_days.time_zone
            and {{ utc_day('receipts.received_at') }} = zone_days.utc_day
    left join {{ ref('int_purchase_order_lines_unioned') }} as order_lines
        on receipts.purchase_order_line_id = order_lines.purchase_order_line_id
),

priced as (
    select
        placed.receipt_id,
        placed.source,
        placed.store_id,
        placed.product_id,
        placed.purchase_order_line_id,
        placed.purchase_order_id,
        placed.received_at,
        placed.received_date,
        placed.quantity,
        placed.unit_cost,
        coalesce(orders.currency, placed.store_currency) as currency
    from placed
    left join {{ ref('int_purchase_orders_dated') }} as orders
        on placed.purchase_order_id = orders.purchase_order_id
)

select
    priced.receipt_id,
    priced.source,
    priced.store_id,
    priced.product_id,
    priced.purchase_order_line_id,
    priced.purchase_order_id,
    priced.received_at,
    priced.received_date,
    priced.quantity,
    case
        when priced.currency = workspace.reporting_currency then priced.unit_cost
        else {{ as_amount('priced.unit_cost * rates.rate') }}
    end as unit_cost
from priced
cross join {{ ref('int_workspace') }} as workspace
left join {{ ref('int_exchange_rates_daily') }} as rates
    on
        priced.currency = rates.currency
        and priced.received_date = rates.rate_date
