with converted as (
    select
        lines.id,
        lines.order_id,
        lines.product_id,
        lines.product_qty,
        lines.price_unit,
        lines.price_subtotal,
        coalesce(cast(units.size as double) / products.unit_size, 1) as unit_factor
    from {{ source('raw_odoo', 'purchase_order_line') }} as lines
    inner join {{ source('raw_odoo', 'purchase_order') }} as orders on lines.order_id = orders.id
    left join {{ source('raw_odoo', 'uom_uom') }} as units on lines.product_uom_id = units.id
    left join {{ ref('stg_odoo__product_units') }} as products on lines.product_id = products.product_id
    where
        lines.display_type is null
        and lines.product_id is not null
)

select
    'odoo' as source,
    'odoo:' || id as purchase_order_line_id,
    'odoo:' || order_id as purchase_order_id,
    'odoo:' || product_id as product_id,
    cast(product_qty * unit_factor as decimal(18, 4)) as quantity,
    -- The subtotal is after discount and without tax.
    cast(coalesce(price_subtotal / nullif(product_qty, 0), price_unit) / unit_factor as decimal(18, 4)) as unit_cost
from converted
