with line_places as (
    select
        order_lines.purchase_order,
        locations.top,
        count(*) as order_lines
    from {{ source('raw_inventree', 'purchase_order_line') }} as order_lines
    inner join {{ source('raw_inventree', 'location') }} as locations
        on coalesce(order_lines.destination, order_lines.usual_destination) = locations.id
    group by order_lines.purchase_order, locations.top
),

-- An order without a destination goes where most of its lines go.
places as (
    select
        purchase_order,
        arg_min(top, (-order_lines, top)) as top
    from line_places
    group by purchase_order
),

lines as (
    select
        purchase_order,
        max(target_date) as target_date,
        case
            when count(distinct purchase_price_currency) filter (where purchase_price is not null) = 1
                then min(purchase_price_currency) filter (where purchase_price is not null)
        end as currency
    from {{ source('raw_inventree', 'purchase_order_line') }}
    group by purchase_order
)

select
    'inventree' as source,
    'inventree:' || orders.id as purchase_order_id,
    -- An order outlives its supplier.
    coalesce('inventree:' || orders.supplier, 'inventree:none') as supplier_id,
    coalesce('inventree:' || destinations.top, 'inventree:' || places.top, 'inventree:none') as store_id,
    timezone(server.time_zone, cast(coalesce(orders.issue_date, orders.creation_date) as timestamp)) as ordered_at,
    timezone(server.time_zone, cast(coalesce(orders.target_date, lines.target_date) as timestamp)) as expected_at,
    -- 10 pending, 20 placed, 25 on hold, 30 complete, 40 cancelled, 50 lost, 60 returned. An order on hold is awaited
    -- only if it was placed before.
    case
        when orders.status = 20 then 'open'
        when orders.status = 25 and orders.issue_date is not null then 'open'
        when orders.status = 30 then 'closed'
        when orders.status in (40, 50, 60) then 'cancelled'
        else 'draft'
    end as status,
    coalesce(lines.currency, nullif(orders.order_currency, ''), nullif(companies.currency, '')) as currency
from {{ source('raw_inventree', 'purchase_order') }} as orders
cross join {{ source('raw_inventree', 'server') }} as server
left join lines on orders.id = lines.purchase_order
left join places on orders.id = places.purchase_order
left join {{ source('raw_inventree', 'location') }} as destinations on orders.destination = destinations.id
left join {{ source('raw_inventree', 'company') }} as companies on orders.supplier = companies.id
