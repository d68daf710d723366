select
    'files' as source,
    'files:' || promotion_id as promotion_id,
    cast(name as varchar) as name,
    cast(kind as varchar) as kind,
    'files:' || product_id as product_id,
    'files:' || store_id as store_id,
    cast(starts_date as date) as starts_date,
    cast(ends_date as date) as ends_date,
    cast(discount_rate as decimal(9, 6)) as discount_rate
from {{ source('raw_files', 'promotions') }}
