select
    'files' as source,
    'files:' || sale_id as sale_id,
    'files:' || store_id as store_id,
    cast(sold_at as timestamp with time zone) as sold_at,
    'files:' || customer_id as customer_id,
    cast(channel as varchar) as channel,
    cast(status as varchar) as status,
    cast(cashier as varchar) as cashier,
    cast(register as varchar) as register,
    cast(currency as varchar) as currency
from {{ source('raw_files', 'sales') }}
