select
    'files' as source,
    'files:' || movement_id as movement_id,
    'files:' || store_id as store_id,
    'files:' || product_id as product_id,
    cast(moved_at as timestamp with time zone) as moved_at,
    cast(quantity as decimal(18, 4)) as quantity,
    cast(movement_type as varchar) as movement_type,
    cast(reason as varchar) as reason,
    cast(reference as varchar) as reference
from {{ source('raw_files', 'stock_movements') }}
