with together as (
    select
        item_code,
        on_hand
    from {{ source('raw_erpnext', 'reported_stock') }}
    union all
    -- The source's own stock still holds what tills sold and no session has closed.
    select
        item_code,
        -quantity as on_hand
    from {{ ref('stg_erpnext__pending_stock') }}
    where exists (select 1 from {{ source('raw_erpnext', 'reported_stock') }})
)

select
    'erpnext' as source,
    'erpnext:' || item_code as product_id,
    sum(on_hand) as on_hand
from together
where item_code is not null
group by item_code
