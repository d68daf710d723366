select
    'files' as source,
    'files:' || receipt_id as receipt_id,
    'files:' || purchase_order_line_id as purchase_order_line_id,
    'files:' || purchase_order_id as purchase_order_id,
    'files:' || store_id as store_id,
    'files:' || product_id as product_id,
    cast(received_at as timestamp with time zone) as received_at,
    cast(quantity as decimal(18, 4)) as quantity,
    cast(unit_cost as decimal(18, 4)) as unit_cost
from {{ source('raw_files', 'receipts') }}
