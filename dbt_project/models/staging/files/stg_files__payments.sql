select
    'files' as source,
    'files:' || payment_id as payment_id,
    'files:' || sale_id as sale_id,
    'files:' || store_id as store_id,
    cast(tender as varchar) as tender,
    cast(amount as decimal(18, 4)) as amount,
    cast(paid_at as timestamp with time zone) as paid_at,
    cast(currency as varchar) as currency
from {{ source('raw_files', 'payments') }}
