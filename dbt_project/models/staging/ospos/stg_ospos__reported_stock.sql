select
    'ospos' as source,
    'ospos:' || item_id as product_id,
    on_hand
from {{ source('raw_ospos', 'reported_stock') }}
