select
    'files' as source,
    'files:' || purchase_order_id as purchase_order_id,
    'files:' || supplier_id as supplier_id,
    'files:' || store_id as store_id,
    cast(ordered_at as timestamp with time zone) as ordered_at,
    cast(expected_at as timestamp with time zone) as expected_at,
    cast(status as varchar) as status,
    cast(currency as varchar) as currency
from {{ source('raw_files', 'purchase_orders') }}
