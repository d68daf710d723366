with moves as (
    select
        moves.id,
        moves.purchase_line_id,
        moves.product_id,
        moves.date as received_at,
        coalesce(targets.store_id, origins.store_id) as store_id,
        case when targets.store_id is not null then 1 else -1 end
        * moves.quantity
        * coalesce(cast(units.size as double) / products.unit_size, 1) as quantity
    from {{ source('raw_odoo', 'stock_move') }} as moves
    inner join {{ ref('stg_odoo__locations') }} as origins on moves.location_id = origins.location_id
    inner join {{ ref('stg_odoo__locations') }} as targets on moves.location_dest_id = targets.location_id
    left join {{ source('raw_odoo', 'uom_uom') }} as units on moves.product_uom_id = units.id
    left join {{ ref('stg_odoo__product_units') }} as products on moves.product_id = products.product_id
    where
        moves.state = 'done'
        and moves.purchase_line_id is not null
        -- From or back to the supplier; a transit is on the way from one.
        and (
            (origins.usage in ('supplier', 'transit') and targets.usage = 'internal')
            or (origins.usage = 'internal' and targets.usage = 'supplier')
        )
)

select
    'odoo' as source,
    'odoo:' || moves.id as receipt_id,
    lines.purchase_order_line_id,
    lines.purchase_order_id,
    moves.store_id,
    'odoo:' || moves.product_id as product_id,
    moves.received_at,
    cast(moves.quantity as decimal(18, 4)) as quantity,
    lines.unit_cost
from moves
left join {{ ref('stg_odoo__purchase_order_lines') }} as lines
    on 'odoo:' || moves.purchase_line_id = lines.purchase_order_line_id
where moves.quantity <> 0
