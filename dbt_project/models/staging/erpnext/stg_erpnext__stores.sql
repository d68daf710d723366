with ids as (
    select warehouse
    from {{ ref('stg_erpnext__sales_documents') }}
    union distinct
    select warehouse
    from {{ source('raw_erpnext', 'pos_profile') }}
    union distinct
    select warehouse
    from {{ source('raw_erpnext', 'bin') }}
    union distinct
    select warehouse
    from {{ source('raw_erpnext', 'stock_ledger_entry') }}
    union distinct
    select warehouse
    from {{ ref('stg_erpnext__pending_stock') }}
    union distinct
    select warehouse
    from {{ ref('stg_erpnext__order_documents') }}
),

named as (
    select
        ids.warehouse,
        coalesce(warehouse.warehouse_name, company_stores.name, ids.warehouse) as name,
        coalesce(warehouse.company, company_stores.name) as company
    from ids
    left join {{ source('raw_erpnext', 'warehouse') }} as warehouse on ids.warehouse = warehouse.name
    left join {{ source('raw_erpnext', 'company') }} as company_stores
        on ids.warehouse = 'company:' || company_stores.name
    where
        ids.warehouse is not null
        and not coalesce(warehouse.is_group, false)
),

site as (
    select max(time_zone) as time_zone
    from {{ source('raw_erpnext', 'company') }}
)

select
    'erpnext' as source,
    'erpnext:' || named.warehouse as store_id,
    named.name,
    coalesce(company.time_zone, site.time_zone) as time_zone,
    company.currency,
    company.country_code as country,
    cast(null as date) as opened_date,
    cast(null as date) as closed_date
from named
cross join site
left join {{ source('raw_erpnext', 'company') }} as company on named.company = company.name
