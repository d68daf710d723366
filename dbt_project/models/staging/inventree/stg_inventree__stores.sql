with used as (
    select store_id from {{ ref('stg_inventree__stock_levels') }}
    union distinct
    select store_id from {{ ref('stg_inventree__purchase_orders') }}
),

stores as (
    select
        'inventree:' || id as store_id,
        name
    from {{ source('raw_inventree', 'location') }}
    where id = top
    union all
    -- Stock may lie nowhere, and an order may go nowhere: then it counts here, so that totals are InvenTree's.
    select
        store_id,
        'No location' as name
    from used
    where store_id = 'inventree:none'
)

select
    'inventree' as source,
    stores.store_id,
    cast(stores.name as varchar) as name,
    cast(server.time_zone as varchar) as time_zone,
    cast(null as varchar) as currency,
    cast(null as varchar) as country,
    cast(null as date) as opened_date,
    cast(null as date) as closed_date
from stores
cross join {{ source('raw_inventree', 'server') }} as server
