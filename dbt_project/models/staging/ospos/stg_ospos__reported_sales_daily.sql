select
    'ospos' as source,
    'ospos:' || location_id as store_id,
    cast(business_date as date) as business_date,
    tickets,
    quantity,
    net_amount,
    gross_amount,
    cast(null as varchar) as currency
from {{ source('raw_ospos', 'reported_sales_daily') }}
