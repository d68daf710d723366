select
    'odoo' as source,
    locations.store_id,
    'odoo:' || quants.product_id as product_id,
    cast(sum(quants.quantity) as decimal(18, 4)) as on_hand,
    cast(sum(quants.reserved_quantity) as decimal(18, 4)) as reserved,
    cast(null as timestamp with time zone) as counted_at
from {{ source('raw_odoo', 'stock_quant') }} as quants
inner join {{ ref('stg_odoo__locations') }} as locations on quants.location_id = locations.location_id
where locations.usage = 'internal'
group by locations.store_id, quants.product_id
