select
    'erpnext' as source,
    'erpnext:' || warehouse as store_id,
    'erpnext:' || item_code as product_id,
    valid_from_date,
    valid_to_date,
    price
from {{ ref('stg_erpnext__selling_prices') }}
