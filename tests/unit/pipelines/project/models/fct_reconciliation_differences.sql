select
    source,
    check_name,
    cast(null as varchar) as store_id,
    cast(null as date) as business_date,
    cast(null as varchar) as product_id,
    cast(null as varchar) as sale_id,
    cast(null as varchar) as currency,
    cast(0 as decimal(18, 4)) as ours,
    cast(0 as decimal(18, 4)) as theirs,
    cast(0 as decimal(18, 4)) as difference
from {{ ref('fct_reconciliations') }}
where differing > 0
