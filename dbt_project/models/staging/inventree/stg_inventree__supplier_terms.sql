-- A supplier may sell a part in several packs, each a supplier part of its own: the part's default comes first.
with offers as (
    select
        supplier_parts.id,
        supplier_parts.part,
        supplier_parts.supplier,
        coalesce(nullif(cast(supplier_parts.pack_quantity_native as decimal(18, 6)), 0), 1) as pack_size,
        parts.default_supplier = supplier_parts.id as is_preferred
    from {{ source('raw_inventree', 'supplier_part') }} as supplier_parts
    left join {{ source('raw_inventree', 'part') }} as parts on supplier_parts.part = parts.id
    left join {{ source('raw_inventree', 'company') }} as companies on supplier_parts.supplier = companies.id
    where
        supplier_parts.active
        and coalesce(companies.active, true)
),

chosen as (
    select
        id,
        part,
        supplier,
        pack_size,
        is_preferred
    from offers
    qualify
        row_number() over (partition by supplier, part order by coalesce(is_preferred, false) desc, id) = 1
),

-- The price of the smallest quantity holds for every order; a price is for a pack.
prices as (
    select
        breaks.supplier_part,
        arg_min(cast(breaks.price as decimal(18, 6)) * cast(rates.rate as double), breaks.quantity) as price
    from {{ source('raw_inventree', 'supplier_price_break') }} as breaks
    inner join {{ ref('stg_inventree__reporting_rates') }} as rates on breaks.price_currency = rates.currency
    where breaks.price is not null
    group by breaks.supplier_part
)

select
    'inventree' as source,
    'inventree:' || chosen.supplier as supplier_id,
    'inventree:' || chosen.part as product_id,
    cast(null as integer) as lead_time_days,
    cast(null as decimal(18, 4)) as moq,
    cast(chosen.pack_size as decimal(18, 4)) as pack_size,
    cast(prices.price / chosen.pack_size as decimal(18, 4)) as unit_cost,
    cast(null as varchar) as order_days,
    chosen.is_preferred
from chosen
left join prices on chosen.id = prices.supplier_part
