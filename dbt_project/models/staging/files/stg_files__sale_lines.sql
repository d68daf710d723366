select
    'files' as source,
    'files:' || sale_line_id as sale_line_id,
    'files:' || sale_id as sale_id,
    'files:' || store_id as store_id,
    'files:' || product_id as product_id,
    cast(sold_at as timestamp with time zone) as sold_at,
    cast(quantity as decimal(18, 4)) as quantity,
    cast(unit_price as decimal(18, 4)) as unit_price,
    cast(discount_amount as decimal(18, 4)) as discount_amount,
    cast(net_amount as decimal(18, 4)) as net_amount,
    cast(tax_amount as decimal(18, 4)) as tax_amount,
    cast(gross_amount as decimal(18, 4)) as gross_amount,
    cast(unit_cost as decimal(18, 4)) as unit_cost,
    'files:' || promotion_id as promotion_id,
    'files:' || customer_id as customer_id,
    cast(channel as varchar) as channel,
    cast(line_type as varchar) as line_type
from {{ source('raw_files', 'sale_lines') }}
