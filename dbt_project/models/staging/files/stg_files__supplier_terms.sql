select
    'files' as source,
    'files:' || supplier_id as supplier_id,
    'files:' || product_id as product_id,
    cast(lead_time_days as integer) as lead_time_days,
    cast(moq as decimal(18, 4)) as moq,
    cast(pack_size as decimal(18, 4)) as pack_size,
    cast(unit_cost as decimal(18, 4)) as unit_cost,
    cast(order_days as varchar) as order_days,
    cast(is_preferred as boolean) as is_preferred
from {{ source('raw_files', 'supplier_terms') }}
