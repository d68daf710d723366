select
    'files' as source,
    'files:' || store_id as store_id,
    'files:' || product_id as product_id,
    cast(on_hand as decimal(18, 4)) as on_hand,
    cast(reserved as decimal(18, 4)) as reserved,
    cast(counted_at as timestamp with time zone) as counted_at
from {{ source('raw_files', 'stock_levels') }}
