with warehouses as (
    select
        'odoo:' || warehouses.id as store_id,
        warehouses.name,
        warehouses.company_id
    from {{ source('raw_odoo', 'stock_warehouse') }} as warehouses
),

-- A company without a warehouse sells all the same.
without_warehouse as (
    select
        store_id,
        name,
        company_id
    from {{ ref('stg_odoo__companies') }}
    where warehouse_id is null
),

together as (
    select
        store_id,
        name,
        company_id
    from warehouses
    union all
    select
        store_id,
        name,
        company_id
    from without_warehouse
)

select
    'odoo' as source,
    together.store_id,
    together.name,
    companies.time_zone,
    companies.currency,
    companies.country_code as country,
    cast(null as date) as opened_date,
    cast(null as date) as closed_date
from together
left join {{ ref('stg_odoo__companies') }} as companies on together.company_id = companies.company_id
