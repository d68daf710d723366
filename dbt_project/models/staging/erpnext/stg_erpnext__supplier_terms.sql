with named as (
    select
        parent as item_code,
        supplier,
        2 as place,
        idx
    from {{ source('raw_erpnext', 'item_supplier') }}
    union all
    select
        parent as item_code,
        default_supplier as supplier,
        1 as place,
        idx
    from {{ source('raw_erpnext', 'item_default') }}
    union all
    select
        item_code,
        supplier,
        3 as place,
        1 as idx
    from {{ source('raw_erpnext', 'item_price') }}
    where buying
    union all
    select
        lines.item_code,
        orders.supplier,
        4 as place,
        1 as idx
    from {{ source('raw_erpnext', 'purchase_order_item') }} as lines
    inner join {{ source('raw_erpnext', 'purchase_order') }} as orders on lines.parent = orders.name
    where orders.docstatus = 1
),

pairs as (
    select
        item_code,
        supplier,
        min(row(place, idx)) as place
    from named
    where supplier is not null
    group by item_code, supplier
),

units as (
    select
        parent as item_code,
        uom,
        max(try_cast(conversion_factor as double)) as conversion_factor
    from {{ source('raw_erpnext', 'uom_conversion_detail') }}
    group by parent, uom
),

-- The price that holds now; of a supplier before one of nobody's, and of the newest.
prices as (
    select
        item_price.item_code,
        item_price.supplier,
        nullif(item_price.lead_time_days, 0) as lead_time_days,
        item_price.price_list_rate / coalesce(nullif(units.conversion_factor, 0), 1) as unit_cost,
        row_number() over (
            partition by item_price.item_code, item_price.supplier
            order by item_price.valid_from desc nulls last, item_price.name asc
        ) as place
    from {{ source('raw_erpnext', 'item_price') }} as item_price
    left join units
        on
            item_price.item_code = units.item_code
            and item_price.uom = units.uom
    where
        item_price.buying
        and (item_price.valid_from is null or item_price.valid_from <= current_date)
        and (item_price.valid_upto is null or item_price.valid_upto >= current_date)
)

select
    'erpnext' as source,
    'erpnext:' || pairs.supplier as supplier_id,
    'erpnext:' || pairs.item_code as product_id,
    coalesce(own.lead_time_days, nullif(items.lead_time_days, 0)) as lead_time_days,
    nullif(items.min_order_qty, 0) as moq,
    {{ as_amount('packs.conversion_factor') }} as pack_size,
    {{ as_amount('coalesce(own.unit_cost, anyones.unit_cost, nullif(items.last_purchase_rate, 0))') }} as unit_cost,
    cast(null as varchar) as order_days,
    row_number() over (partition by pairs.item_code order by pairs.place, pairs.supplier) = 1 as is_preferred
from pairs
inner join {{ ref('stg_erpnext__items') }} as items on pairs.item_code = items.item_code
left join prices as own
    on
        pairs.item_code = own.item_code
        and pairs.supplier = own.supplier
        and own.place = 1
left join prices as anyones
    on
        pairs.item_code = anyones.item_code
        and anyones.supplier is null
        and anyones.place = 1
left join units as packs
    on
        pairs.item_code = packs.item_code
        and items.purchase_uom = packs.uom
where not items.is_template
