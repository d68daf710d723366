-- What the stock at hand was bought for; InvenTree keeps that per unit, also of goods that came in packs.
with costs as (
    select
        stock.part,
        sum(stock.quantity * cast(stock.purchase_price as decimal(18, 6)) * cast(rates.rate as double))
        / sum(stock.quantity) as cost
    from {{ source('raw_inventree', 'stock') }} as stock
    inner join {{ ref('stg_inventree__reporting_rates') }} as rates on stock.purchase_price_currency = rates.currency
    where
        stock.in_stock
        and stock.quantity > 0
        and stock.purchase_price is not null
    group by stock.part
),

prices as (
    select
        sale_prices.part,
        arg_min(cast(sale_prices.price as decimal(18, 6)) * cast(rates.rate as double), sale_prices.quantity)
            as list_price
    from {{ source('raw_inventree', 'part_sale_price') }} as sale_prices
    inner join {{ ref('stg_inventree__reporting_rates') }} as rates on sale_prices.price_currency = rates.currency
    where sale_prices.price is not null
    group by sale_prices.part
)

select
    'inventree' as source,
    'inventree:' || parts.id as product_id,
    nullif(parts.ipn, '') as sku,
    cast(null as varchar) as barcode,
    case when parts.revision != '' then parts.name || ' (' || parts.revision || ')' else parts.name end as name,
    categories.path as category_path,
    cast(null as varchar) as brand,
    nullif(parts.units, '') as unit,
    cast(prices.list_price as decimal(18, 4)) as list_price,
    cast(costs.cost as decimal(18, 4)) as cost,
    cast(null as decimal(9, 6)) as tax_rate,
    -- A template stands for its variants; it has stock of its own only by exception.
    not parts.virtual and not (parts.is_template and coalesce(parts.in_stock, 0) = 0) as is_stocked,
    cast(nullif(parts.default_expiry, 0) as integer) as shelf_life_days,
    parts.active as is_active,
    'inventree:' || parts.variant_of as variant_of,
    cast(null as date) as launched_date,
    cast(null as date) as discontinued_date,
    'goods' as kind
from {{ source('raw_inventree', 'part') }} as parts
left join {{ source('raw_inventree', 'category') }} as categories on parts.category = categories.id
left join costs on parts.id = costs.part
left join prices on parts.id = prices.part
