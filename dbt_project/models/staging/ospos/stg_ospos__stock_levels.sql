select
    'ospos' as source,
    'ospos:' || quantities.location_id as store_id,
    'ospos:' || quantities.item_id as product_id,
    quantities.quantity as on_hand,
    cast(null as decimal(18, 4)) as reserved,
    cast(null as timestamp with time zone) as counted_at
from {{ source('raw_ospos', 'item_quantities') }} as quantities
inner join {{ source('raw_ospos', 'items') }} as items on quantities.item_id = items.item_id
where items.stock_type = 0
