-- Odoo deletes a quant that has become zero: what has moved in a store and has no quant there is none on hand.
with held as (
    select
        locations.store_id,
        'odoo:' || quants.product_id as product_id,
        cast(sum(quants.quantity) as decimal(18, 4)) as on_hand,
        cast(sum(quants.reserved_quantity) as decimal(18, 4)) as reserved
    from {{ source('raw_odoo', 'stock_quant') }} as quants
    inner join {{ ref('stg_odoo__locations') }} as locations on quants.location_id = locations.location_id
    where locations.usage = 'internal'
    group by locations.store_id, quants.product_id
),

used_up as (
    select distinct
        moves.store_id,
        moves.product_id
    from {{ ref('stg_odoo__stock_movements') }} as moves
    inner join {{ ref('stg_odoo__products') }} as products on moves.product_id = products.product_id
    where
        products.is_stocked
        and exists (select 1 from held)
        and not exists (
            select 1 from held
            where
                held.store_id = moves.store_id
                and held.product_id = moves.product_id
        )
)

select
    'odoo' as source,
    store_id,
    product_id,
    on_hand,
    reserved,
    cast(null as timestamp with time zone) as counted_at
from held
union all
select
    'odoo' as source,
    store_id,
    product_id,
    0 as on_hand,
    0 as reserved,
    cast(null as timestamp with time zone) as counted_at
from used_up
