with recursive paths (item_group, path, depth) as (
    -- The root of the tree stands for everything.
    select
        item_group.name as item_group,
        cast(null as varchar) as path,
        0 as depth
    from {{ source('raw_erpnext', 'item_group') }} as item_group
    where item_group.parent_item_group is null
    union all
    select
        item_group.name as item_group,
        coalesce(paths.path || ' > ', '') || item_group.name as path,
        paths.depth + 1 as depth
    from {{ source('raw_erpnext', 'item_group') }} as item_group
    inner join paths on item_group.parent_item_group = paths.item_group
    where paths.depth < 20
),

barcodes as (
    select
        item_barcode.parent as item_code,
        arg_min(
            item_barcode.barcode, row(coalesce(item_barcode.uom, items.stock_uom) != items.stock_uom, item_barcode.idx)
        ) as barcode
    from {{ source('raw_erpnext', 'item_barcode') }} as item_barcode
    inner join {{ ref('stg_erpnext__items') }} as items on item_barcode.parent = items.item_code
    group by item_barcode.parent
),

costs as (
    select
        item_code,
        sum(cast(actual_qty as double) * valuation_rate) / sum(actual_qty) as valuation_rate
    from {{ source('raw_erpnext', 'bin') }}
    where
        actual_qty > 0
        and valuation_rate > 0
    group by item_code
),

prices as (
    select
        item_code,
        arg_max(price, valid_from_date) as price
    from {{ ref('stg_erpnext__selling_prices') }}
    where
        warehouse is null
        and valid_from_date <= current_date
        and (valid_to_date is null or valid_to_date >= current_date)
    group by item_code
),

-- What invoices charge beside goods is no item: each account that it goes to stands for one.
charges as (
    select distinct account_head
    from {{ ref('stg_erpnext__invoice_taxes') }}
    where is_charge
),

nameless as (
    select count(*) as line_count
    from {{ ref('stg_erpnext__invoice_rows') }}
    where item_code is null
),

together as (
    select
        items.item_code as product_code,
        items.item_code as sku,
        barcodes.barcode,
        coalesce(items.item_name, items.item_code) as name,
        coalesce(paths.path, items.item_group) as category_path,
        items.brand,
        items.stock_uom as unit,
        coalesce(prices.price, nullif(items.standard_rate, 0)) as list_price,
        coalesce(
            costs.valuation_rate, nullif(items.last_purchase_rate, 0), nullif(items.valuation_rate, 0)
        ) as cost,
        items.is_stocked,
        nullif(items.shelf_life_in_days, 0) as shelf_life_days,
        not coalesce(items.disabled, false)
        and coalesce(items.end_of_life, date '9999-12-31') > current_date as is_active,
        items.variant_of,
        items.kind
    from {{ ref('stg_erpnext__items') }} as items
    left join paths on items.item_group = paths.item_group
    left join barcodes on items.item_code = barcodes.item_code
    left join costs on items.item_code = costs.item_code
    left join prices on items.item_code = prices.item_code
    -- A template is sold as its variants only.
    where not items.is_template
    union all by name
    select
        'charge:' || coalesce(account_head, 'unknown') as product_code,
        coalesce(account_head, 'Charge') as name,
        false as is_stocked,
        true as is_active,
        'charge' as kind
    from charges
    union all by name
    select
        'line without item' as product_code,
        'Line without an item' as name,
        false as is_stocked,
        true as is_active,
        'charge' as kind
    from nameless
    where line_count > 0
)

select
    'erpnext' as source,
    'erpnext:' || product_code as product_id,
    sku,
    barcode,
    name,
    category_path,
    brand,
    unit,
    list_price,
    {{ as_amount('cost') }} as cost,
    cast(null as decimal(9, 6)) as tax_rate,
    is_stocked,
    shelf_life_days,
    is_active,
    'erpnext:' || variant_of as variant_of,
    cast(null as date) as launched_date,
    cast(null as date) as discontinued_date,
    kind
from together
