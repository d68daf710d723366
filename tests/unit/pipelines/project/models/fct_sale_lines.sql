select
    'files:' || sale_line_id as sale_line_id,
    'files:' || store_id as store_id,
    'files:' || product_id as product_id,
    sold_at,
    cast(sold_at as date) as business_date,
    quantity as units_sold,
    net_amount
from {{ source('raw_files', 'sale_lines') }}
cross join {{ source('raw_tillsight', 'workspace') }}
