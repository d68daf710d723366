select
    'inventree' as source,
    'inventree:' || id as customer_id,
    cast(null as date) as joined_date,
    cast(name as varchar) as name,
    cast(email as varchar) as email,
    cast(phone as varchar) as phone,
    cast(email_hash as varchar) as email_hash,
    cast(phone_hash as varchar) as phone_hash,
    cast(null as boolean) as has_marketing_consent
from {{ source('raw_inventree', 'company') }}
where is_customer
