select
    'erpnext' as source,
    'erpnext:' || name as supplier_id,
    coalesce(supplier_name, name) as name,
    cast(null as decimal(18, 4)) as supplier_minimum_amount,
    cast(null as varchar) as order_days,
    default_currency as currency
from {{ source('raw_erpnext', 'supplier') }}
