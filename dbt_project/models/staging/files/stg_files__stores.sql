select
    'files' as source,
    'files:' || store_id as store_id,
    cast(name as varchar) as name,
    cast(time_zone as varchar) as time_zone,
    cast(currency as varchar) as currency,
    cast(country as varchar) as country,
    cast(opened_date as date) as opened_date,
    cast(closed_date as date) as closed_date
from {{ source('raw_files', 'stores') }}
