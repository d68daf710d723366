with config as (
    select
        max(value) filter (where name = 'timezone') as time_zone,
        max(upper(trim(value))) filter (where name = 'currency_code') as currency
    from {{ source('raw_ospos', 'app_config') }}
)

select
    'ospos' as source,
    'ospos:' || locations.location_id as store_id,
    locations.location_name as name,
    coalesce(nullif(config.time_zone, ''), 'America/New_York') as time_zone,
    case when regexp_full_match(config.currency, '[A-Z]{3}') then config.currency end as currency,
    cast(null as varchar) as country,
    cast(null as date) as opened_date,
    cast(null as date) as closed_date
from {{ source('raw_ospos', 'stock_locations') }} as locations
cross join config
