select
    'files' as source,
    'files:' || supplier_id as supplier_id,
    cast(name as varchar) as name,
    cast(supplier_minimum_amount as decimal(18, 4)) as supplier_minimum_amount,
    cast(order_days as varchar) as order_days,
    cast(currency as varchar) as currency
from {{ source('raw_files', 'suppliers') }}
