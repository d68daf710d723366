select
    'ospos' as source,
    'ospos:' || person_id as supplier_id,
    company_name as name,
    cast(null as decimal(18, 4)) as supplier_minimum_amount,
    cast(null as varchar) as order_days,
    cast(null as varchar) as currency
from {{ source('raw_ospos', 'suppliers') }}
where category = 0
