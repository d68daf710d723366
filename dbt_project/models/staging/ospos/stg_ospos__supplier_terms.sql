select
    'ospos' as source,
    'ospos:' || items.supplier_id as supplier_id,
    'ospos:' || items.item_id as product_id,
    cast(null as integer) as lead_time_days,
    cast(null as decimal(18, 4)) as moq,
    case when items.receiving_quantity > 0 then items.receiving_quantity end as pack_size,
    items.cost_price as unit_cost,
    cast(null as varchar) as order_days,
    true as is_preferred
from {{ source('raw_ospos', 'items') }} as items
inner join {{ source('raw_ospos', 'suppliers') }} as suppliers on items.supplier_id = suppliers.person_id
where suppliers.category = 0
