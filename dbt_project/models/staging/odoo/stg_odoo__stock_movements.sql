with moves as (
    select
        moves.id,
        moves.product_id,
        -- The move of a ticket is made when the till syncs; the goods left when the ticket was rung up.
        coalesce(tickets.date_order, moves.date) as moved_at,
        moves.quantity * coalesce(cast(units.size as double) / products.unit_size, 1) as quantity,
        origins.usage as from_usage,
        origins.store_id as from_store_id,
        targets.usage as to_usage,
        targets.store_id as to_store_id,
        coalesce(moves.scrapped, false)
        or moves.scrap_id is not null
        or origins.is_scrap
        or targets.is_scrap as is_scrap,
        moves.reference
    from {{ source('raw_odoo', 'stock_move') }} as moves
    inner join {{ ref('stg_odoo__locations') }} as origins on moves.location_id = origins.location_id
    inner join {{ ref('stg_odoo__locations') }} as targets on moves.location_dest_id = targets.location_id
    left join {{ source('raw_odoo', 'uom_uom') }} as units on moves.product_uom_id = units.id
    left join {{ ref('stg_odoo__product_units') }} as products on moves.product_id = products.product_id
    left join {{ source('raw_odoo', 'stock_picking') }} as pickings on moves.picking_id = pickings.id
    left join {{ source('raw_odoo', 'pos_order') }} as tickets on pickings.pos_order_id = tickets.id
    where
        moves.state = 'done'
        and origins.store_id is distinct from targets.store_id
),

signed as (
    select
        id || case when to_store_id is not null then ':out' else '' end as movement_number,
        from_store_id as store_id,
        product_id,
        moved_at,
        -quantity as quantity,
        case
            when to_store_id is not null or to_usage = 'transit' then 'transfer_out'
            when to_usage = 'customer' then 'sale'
            when to_usage = 'supplier' then 'receipt'
            when is_scrap then 'shrinkage'
            else 'adjustment'
        end as movement_type,
        to_usage as other_usage,
        reference
    from moves
    where from_store_id is not null
    union all
    select
        id || case when from_store_id is not null then ':in' else '' end as movement_number,
        to_store_id as store_id,
        product_id,
        moved_at,
        quantity,
        case
            when from_store_id is not null or from_usage = 'transit' then 'transfer_in'
            when from_usage = 'customer' then 'return'
            when from_usage = 'supplier' then 'receipt'
            when is_scrap then 'shrinkage'
            else 'adjustment'
        end as movement_type,
        from_usage as other_usage,
        reference
    from moves
    where to_store_id is not null
)

select
    'odoo' as source,
    'odoo:' || movement_number as movement_id,
    store_id,
    'odoo:' || product_id as product_id,
    moved_at,
    cast(quantity as decimal(18, 4)) as quantity,
    movement_type,
    case
        when movement_type = 'receipt' and quantity < 0 then 'returned to the supplier'
        when movement_type = 'shrinkage' then 'scrap'
        when other_usage = 'production' then 'manufacturing'
        when movement_type = 'adjustment' then 'inventory count'
    end as reason,
    reference
from signed
where quantity <> 0
