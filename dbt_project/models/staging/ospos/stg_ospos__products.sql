with taxes as (
    select
        item_id,
        sum(percent) / 100 as tax_rate
    from {{ source('raw_ospos', 'items_taxes') }}
    group by item_id
),

items as (
    select
        'ospos:' || items.item_id as product_id,
        nullif(items.item_number, '') as sku,
        nullif(items.item_number, '') as barcode,
        items.name,
        nullif(items.category, '') as category_path,
        items.pack_name as unit,
        items.unit_price as list_price,
        items.cost_price as cost,
        coalesce(taxes.tax_rate, 0) as tax_rate,
        items.stock_type = 0 as is_stocked,
        not items.deleted as is_active,
        'goods' as kind
    from {{ source('raw_ospos', 'items') }} as items
    left join taxes on items.item_id = taxes.item_id
),

-- What rounding to the coins there are adds to a sale or takes from it belongs to no item.
rounding as (
    select
        'ospos:cash_rounding' as product_id,
        'Cash rounding' as name,
        false as is_stocked,
        true as is_active,
        'charge' as kind
    where
        exists (
            select 1 from {{ source('raw_ospos', 'sales_payments') }}
            where cash_adjustment = 1
        )
),

together as (
    select
        product_id,
        sku,
        barcode,
        name,
        category_path,
        unit,
        list_price,
        cost,
        tax_rate,
        is_stocked,
        is_active,
        kind
    from items
    union all by name
    select
        product_id,
        name,
        is_stocked,
        is_active,
        kind
    from rounding
)

select
    'ospos' as source,
    product_id,
    sku,
    barcode,
    name,
    category_path,
    cast(null as varchar) as brand,
    unit,
    list_price,
    cost,
    cast(tax_rate as decimal(9, 6)) as tax_rate,
    is_stocked,
    cast(null as integer) as shelf_life_days,
    is_active,
    cast(null as varchar) as variant_of,
    cast(null as date) as launched_date,
    cast(null as date) as discontinued_date,
    kind
from together
