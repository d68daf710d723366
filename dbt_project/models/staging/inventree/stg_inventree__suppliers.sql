select
    'inventree' as source,
    'inventree:' || id as supplier_id,
    cast(name as varchar) as name,
    cast(null as decimal(18, 4)) as supplier_minimum_amount,
    cast(null as varchar) as order_days,
    nullif(currency, '') as currency
from {{ source('raw_inventree', 'company') }}
where is_supplier
