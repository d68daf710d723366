with first_warehouses as (
    select
        company_id,
        arg_min(id, (not coalesce(active, true), id)) as warehouse_id
    from {{ source('raw_odoo', 'stock_warehouse') }}
    group by company_id
)

select
    companies.id as company_id,
    companies.name,
    currencies.name as currency,
    companies.time_zone,
    companies.country_code,
    first_warehouses.warehouse_id,
    'odoo:' || coalesce(cast(first_warehouses.warehouse_id as varchar), 'company-' || companies.id) as store_id
from {{ source('raw_odoo', 'res_company') }} as companies
left join {{ source('raw_odoo', 'res_currency') }} as currencies on companies.currency_id = currencies.id
left join first_warehouses on companies.id = first_warehouses.company_id
