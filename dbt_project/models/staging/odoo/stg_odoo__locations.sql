-- Every version says which locations lie below which; only later ones name the warehouse.
with within as (
    select
        locations.id as location_id,
        min(warehouses.id) as warehouse_id
    from {{ source('raw_odoo', 'stock_location') }} as locations
    inner join {{ source('raw_odoo', 'stock_warehouse') }} as warehouses
        on contains('/' || locations.parent_path, '/' || warehouses.view_location_id || '/')
    group by locations.id
),

any_warehouse as (
    select min(id) as warehouse_id
    from {{ source('raw_odoo', 'stock_warehouse') }}
)

select
    locations.id as location_id,
    locations.usage,
    coalesce(locations.scrap_location, false) as is_scrap,
    case
        when locations.usage = 'internal'
            then 'odoo:' || coalesce(
                within.warehouse_id, locations.warehouse_id, companies.warehouse_id, any_warehouse.warehouse_id
            )
    end as store_id
from {{ source('raw_odoo', 'stock_location') }} as locations
cross join any_warehouse
left join within on locations.id = within.location_id
left join {{ ref('stg_odoo__companies') }} as companies on locations.company_id = companies.company_id
