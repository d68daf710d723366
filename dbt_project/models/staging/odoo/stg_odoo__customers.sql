with buyers as (
    select partner_id from {{ source('raw_odoo', 'pos_order') }}
    union distinct
    select partner_id from {{ source('raw_odoo', 'sale_order') }}
)

select
    'odoo' as source,
    'odoo:' || partners.id as customer_id,
    cast(partners.create_date as date) as joined_date,
    partners.name,
    partners.email,
    coalesce(partners.phone, partners.mobile) as phone,
    partners.email_hash,
    partners.phone_hash,
    cast(null as boolean) as has_marketing_consent
from {{ source('raw_odoo', 'res_partner') }} as partners
where
    partners.customer_rank > 0
    or partners.id in (select buyers.partner_id from buyers)
