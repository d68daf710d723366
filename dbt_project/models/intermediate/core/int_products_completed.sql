with ids as (
    select
        source,
        product_id
    from {{ ref('int_sale_lines_unioned') }}
    union distinct
    select
        source,
        product_id
    from {{ ref('int_stock_movements_unioned') }}
    union distinct
    select
        source,
        product_id
    from {{ ref('int_stock_levels_unioned') }}
    union distinct
    select
        source,
        product_id
    from {{ ref('int_purchase_order_lines_unioned') }}
    union distinct
    select
        source,
        product_id
    from {{ ref('int_receipts_unioned') }}
),

made as (
    select
        ids.source,
        ids.product_id
    from ids
    where
        ids.product_id is not null
        and not exists (
            select 1 from {{ ref('int_products_unioned') }} as declared
            where declared.product_id = ids.product_id
        )
),

together as (
    select
        source,
        product_id,
        sku,
        barcode,
        name,
        category_path,
        brand,
        unit,
        list_price,
        cost,
        tax_rate,
        is_stocked,
        shelf_life_days,
        is_active,
        variant_of,
        launched_date,
        discontinued_date,
        kind
    from {{ ref('int_products_unioned') }}
    union all by name
    select
        source,
        product_id
    from made
)

select
    source,
    product_id,
    coalesce(sku, substr(product_id, length(source) + 2)) as sku,
    barcode,
    coalesce(name, sku, substr(product_id, length(source) + 2)) as name,
    category_path,
    brand,
    unit,
    list_price,
    cost,
    tax_rate,
    coalesce(kind, 'goods') = 'goods' and coalesce(is_stocked, true) as is_stocked,
    shelf_life_days,
    is_active,
    variant_of,
    launched_date,
    discontinued_date,
    coalesce(kind, 'goods') as kind
from together
