-- Quantities and prices of a line are of packs. A line whose supplier part was deleted names no product.
with order_lines as (
    select
        order_lines.id,
        order_lines.purchase_order,
        coalesce(order_lines.part, supplier_parts.part) as part,
        order_lines.quantity,
        cast(order_lines.purchase_price as decimal(18, 6)) as pack_price,
        order_lines.purchase_price_currency as currency,
        coalesce(nullif(cast(supplier_parts.pack_quantity_native as decimal(18, 6)), 0), 1) as pack_size
    from {{ source('raw_inventree', 'purchase_order_line') }} as order_lines
    left join {{ source('raw_inventree', 'supplier_part') }} as supplier_parts
        on order_lines.supplier_part = supplier_parts.id
)

select
    'inventree' as source,
    'inventree:' || order_lines.id as purchase_order_line_id,
    orders.purchase_order_id,
    'inventree:' || order_lines.part as product_id,
    cast(order_lines.quantity * order_lines.pack_size as decimal(18, 4)) as quantity,
    -- An order has one currency; a line in another one has no cost in it.
    case
        when order_lines.currency = orders.currency
            then cast(order_lines.pack_price / order_lines.pack_size as decimal(18, 4))
    end as unit_cost
from order_lines
inner join {{ ref('stg_inventree__purchase_orders') }} as orders
    on 'inventree:' || order_lines.purchase_order = orders.purchase_order_id
where order_lines.part is not null
