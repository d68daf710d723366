-- A line says how much of it came, not when: the order's completion is the one date there is.
with received as (
    select
        order_lines.id,
        cast(
            order_lines.received * coalesce(nullif(cast(supplier_parts.pack_quantity_native as decimal(18, 6)), 0), 1)
            as decimal(18, 4)
        ) as quantity,
        case when orders.status = 30 then orders.complete_date end as received_date,
        locations.top
    from {{ source('raw_inventree', 'purchase_order_line') }} as order_lines
    inner join {{ source('raw_inventree', 'purchase_order') }} as orders on order_lines.purchase_order = orders.id
    left join {{ source('raw_inventree', 'supplier_part') }} as supplier_parts
        on order_lines.supplier_part = supplier_parts.id
    left join {{ source('raw_inventree', 'location') }} as locations
        on coalesce(order_lines.destination, order_lines.usual_destination) = locations.id
    where order_lines.received > 0
)

select
    'inventree' as source,
    order_lines.purchase_order_line_id as receipt_id,
    order_lines.purchase_order_line_id,
    order_lines.purchase_order_id,
    coalesce('inventree:' || received.top, orders.store_id) as store_id,
    order_lines.product_id,
    timezone(server.time_zone, cast(received.received_date as timestamp)) as received_at,
    received.quantity,
    order_lines.unit_cost
from received
cross join {{ source('raw_inventree', 'server') }} as server
inner join {{ ref('stg_inventree__purchase_order_lines') }} as order_lines
    on 'inventree:' || received.id = order_lines.purchase_order_line_id
inner join {{ ref('stg_inventree__purchase_orders') }} as orders
    on order_lines.purchase_order_id = orders.purchase_order_id
