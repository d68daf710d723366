select
    'erpnext' as source,
    'erpnext:' || customer.name as customer_id,
    customer.joined_date,
    customer.customer_name as name,
    customer.email,
    customer.phone,
    customer.email_hash,
    customer.phone_hash,
    cast(null as boolean) as has_marketing_consent
from {{ source('raw_erpnext', 'customer') }} as customer
where not exists (
    select 1 from {{ source('raw_erpnext', 'pos_profile') }} as pos_profile
    where pos_profile.customer = customer.name
)
