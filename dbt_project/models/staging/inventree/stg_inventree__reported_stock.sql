-- A part's own stock: `total_in_stock` would count variants again at their template.
select
    'inventree' as source,
    'inventree:' || id as product_id,
    cast(coalesce(in_stock, 0) as decimal(18, 4)) as on_hand
from {{ source('raw_inventree', 'part') }}
