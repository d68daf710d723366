select
    'files' as source,
    cast(rate_date as date) as rate_date,
    cast(from_currency as varchar) as from_currency,
    cast(to_currency as varchar) as to_currency,
    cast(rate as decimal(18, 8)) as rate
from {{ source('raw_files', 'exchange_rates') }}
