-- First in, first out: what is left are the newest layers.
with stacked as (
    select
        levels.store_id,
        levels.product_id,
        levels.as_of_date,
        layers.received_date,
        layers.quantity,
        levels.on_hand,
        sum(layers.quantity) over (
            partition by layers.store_id, layers.product_id
            order by layers.received_date desc
        ) - layers.quantity as newer_quantity
    from {{ ref('fct_stock_levels') }} as levels
    inner join {{ ref('int_stock_layers') }} as layers
        on
            levels.store_id = layers.store_id
            and levels.product_id = layers.product_id
    where levels.on_hand > 0
)

select
    stacked.store_id,
    stacked.product_id,
    stacked.as_of_date,
    stacked.received_date,
    stacked.received_date + products.shelf_life_days as expires_date,
    {{ as_amount('least(stacked.quantity, stacked.on_hand - stacked.newer_quantity)') }} as units
from stacked
inner join {{ ref('dim_products') }} as products on stacked.product_id = products.product_id
where stacked.newer_quantity < stacked.on_hand
