-- What was sold, used or built in stays among the stock items; `in_stock` is the server's own word on the rest.
with items as (
    select
        stock.part,
        coalesce('inventree:' || locations.top, 'inventree:none') as store_id,
        stock.quantity,
        stock.allocated
    from {{ source('raw_inventree', 'stock') }} as stock
    left join {{ source('raw_inventree', 'location') }} as locations on stock.location = locations.id
    where stock.in_stock
),

-- Used-up items are deleted: a part that has a usual place is out of stock there, not unknown.
usual_places as (
    select
        parts.id as part,
        'inventree:' || locations.top as store_id,
        0 as quantity,
        0 as allocated
    from {{ source('raw_inventree', 'part') }} as parts
    inner join {{ source('raw_inventree', 'location') }} as locations
        on coalesce(parts.default_location, parts.category_default_location) = locations.id
    where
        parts.active
        and not parts.virtual
        and not parts.is_template
),

together as (
    select
        part,
        store_id,
        quantity,
        allocated
    from items
    union all
    select
        part,
        store_id,
        quantity,
        allocated
    from usual_places
)

select
    'inventree' as source,
    store_id,
    'inventree:' || part as product_id,
    cast(sum(quantity) as decimal(18, 4)) as on_hand,
    cast(sum(coalesce(allocated, 0)) as decimal(18, 4)) as reserved,
    cast(null as timestamp with time zone) as counted_at
from together
group by store_id, part
