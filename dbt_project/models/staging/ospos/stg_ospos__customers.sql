with config as (
    select coalesce(nullif(max(value), ''), 'America/New_York') as time_zone
    from {{ source('raw_ospos', 'app_config') }}
    where name = 'timezone'
)

select
    'ospos' as source,
    'ospos:' || customers.person_id as customer_id,
    cast(timezone(config.time_zone, customers.joined_at) as date) as joined_date,
    customers.name,
    customers.email,
    customers.phone,
    customers.email_hash,
    customers.phone_hash,
    customers.consent as has_marketing_consent
from {{ source('raw_ospos', 'customers') }} as customers
cross join config
