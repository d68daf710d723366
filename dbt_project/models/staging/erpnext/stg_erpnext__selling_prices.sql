with lists as (
    select
        price_list.name,
        count(distinct pos_profile.name) as tills,
        count(distinct item_price.name) as prices
    from {{ source('raw_erpnext', 'price_list') }} as price_list
    left join {{ source('raw_erpnext', 'pos_profile') }} as pos_profile
        on price_list.name = pos_profile.selling_price_list
    left join {{ source('raw_erpnext', 'item_price') }} as item_price on price_list.name = item_price.price_list
    where
        price_list.selling
        and coalesce(price_list.enabled, true)
    group by price_list.name
),

-- The list of most tills holds everywhere, another one in the shops whose tills use it.
usual as (
    select name
    from lists
    order by tills desc, name = 'Standard Selling' desc, prices desc, name asc
    limit 1
),

places as (
    select
        usual.name as price_list,
        cast(null as varchar) as warehouse
    from usual
    union distinct
    select
        pos_profile.selling_price_list as price_list,
        pos_profile.warehouse
    from {{ source('raw_erpnext', 'pos_profile') }} as pos_profile
    cross join usual
    where
        pos_profile.selling_price_list != usual.name
        and pos_profile.warehouse is not null
)

select
    places.warehouse,
    item_price.item_code,
    coalesce(item_price.valid_from, date '1900-01-01') as valid_from_date,
    arg_max(item_price.valid_upto, item_price.name) as valid_to_date,
    arg_max(item_price.price_list_rate, item_price.name) as price
from {{ source('raw_erpnext', 'item_price') }} as item_price
inner join places on item_price.price_list = places.price_list
inner join {{ ref('stg_erpnext__items') }} as items on item_price.item_code = items.item_code
where
    item_price.selling
    and item_price.customer is null
    and item_price.batch_no is null
    and coalesce(item_price.uom, items.stock_uom) = items.stock_uom
group by places.warehouse, item_price.item_code, coalesce(item_price.valid_from, date '1900-01-01')
