select
    'files' as source,
    'files:' || store_id as store_id,
    'files:' || product_id as product_id,
    cast(valid_from_date as date) as valid_from_date,
    cast(valid_to_date as date) as valid_to_date,
    cast(price as decimal(18, 4)) as price
from {{ source('raw_files', 'prices') }}
