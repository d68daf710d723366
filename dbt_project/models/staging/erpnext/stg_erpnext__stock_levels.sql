with together as (
    select
        item_code,
        warehouse,
        actual_qty as on_hand,
        reserved_qty as reserved
    from {{ source('raw_erpnext', 'bin') }}
    union all
    select
        item_code,
        warehouse,
        -quantity as on_hand,
        0 as reserved
    from {{ ref('stg_erpnext__pending_stock') }}
)

select
    'erpnext' as source,
    'erpnext:' || warehouse as store_id,
    'erpnext:' || item_code as product_id,
    {{ as_amount('sum(on_hand)') }} as on_hand,
    {{ as_amount('sum(reserved)') }} as reserved,
    cast(null as timestamp with time zone) as counted_at
from together
where
    warehouse is not null
    and item_code is not null
group by warehouse, item_code
