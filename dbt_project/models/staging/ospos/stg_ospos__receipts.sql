with lines as (
    select
        lines.receiving_id,
        lines.item_id,
        lines.line,
        lines.item_location,
        lines.quantity_purchased,
        cast(lines.quantity_purchased as decimal(20, 3))
        * case when lines.receiving_quantity = 0 then 1 else cast(lines.receiving_quantity as decimal(15, 3)) end
            as units,
        lines.item_unit_price,
        lines.discount,
        lines.discount_type,
        receivings.receiving_time,
        receivings.supplier_id
    from {{ source('raw_ospos', 'receivings_items') }} as lines
    inner join {{ source('raw_ospos', 'receivings') }} as receivings on lines.receiving_id = receivings.receiving_id
),

transferred as (
    select distinct
        ins.receiving_id,
        ins.item_id,
        ins.units
    from lines as ins
    inner join lines as outs
        on
            ins.receiving_id = outs.receiving_id
            and ins.item_id = outs.item_id
            and ins.item_location <> outs.item_location
            and ins.units = -outs.units
    where ins.supplier_id is null
)

select
    'ospos' as source,
    'ospos:' || lines.receiving_id || ':' || lines.item_id || ':' || lines.line as receipt_id,
    cast(null as varchar) as purchase_order_line_id,
    cast(null as varchar) as purchase_order_id,
    'ospos:' || lines.item_location as store_id,
    'ospos:' || lines.item_id as product_id,
    lines.receiving_time as received_at,
    try_cast(lines.units as decimal(18, 4)) as quantity,
    -- A percentage is off each unit, an amount off the whole line.
    case
        when lines.discount_type = 0 then try_cast(lines.item_unit_price * (1 - lines.discount / 100) as decimal(18, 4))
        else try_cast(lines.item_unit_price - lines.discount / lines.units as decimal(18, 4))
    end as unit_cost
from lines
left join transferred
    on
        lines.receiving_id = transferred.receiving_id
        and lines.item_id = transferred.item_id
        and lines.units = transferred.units
where
    lines.units > 0
    and transferred.item_id is null
