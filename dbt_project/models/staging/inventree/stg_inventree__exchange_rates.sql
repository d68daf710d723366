select
    'inventree' as source,
    cast(timezone(server.time_zone, rates.updated) as date) as rate_date,
    rates.base_currency as from_currency,
    rates.currency as to_currency,
    try_cast(rates.rate as decimal(18, 8)) as rate
from {{ source('raw_inventree', 'exchange_rate') }} as rates
cross join {{ source('raw_inventree', 'server') }} as server
where
    rates.updated is not null
    and try_cast(rates.rate as decimal(18, 8)) > 0
