with placed as (
    select
        movements.store_id,
        movements.product_id,
        movements.movement_type,
        movements.quantity,
        stores.as_of_date,
        make_date(year(stores.as_of_date) - 10, 1, 1) as first_date,
        cast({{ store_time('movements.moved_at') }} as date) as business_date
    from {{ ref('int_stock_movements_unioned') }} as movements
    {{ join_store_time('movements', 'moved_at') }}
    inner join {{ ref('int_products_completed') }} as products on movements.product_id = products.product_id
    where products.is_stocked
),

-- The ledger begins ten years back, so that a movement of 1970 does not make a row of every day since: what came
-- before, or at a moment that nobody knows, is the stock that it opens with.
bounded as (
    select
        store_id,
        product_id,
        case when business_date >= first_date then movement_type else 'opening' end as movement_type,
        quantity,
        as_of_date,
        greatest(business_date, first_date) as business_date
    from placed
)

select
    store_id,
    product_id,
    business_date,
    {{ as_amount("coalesce(sum(quantity) filter (where movement_type = 'opening'), 0)") }} as opened,
    {{ as_amount("coalesce(sum(quantity) filter (where movement_type = 'receipt'), 0)") }} as received,
    {{ as_amount("coalesce(-sum(quantity) filter (where movement_type = 'sale'), 0)") }} as sold,
    {{ as_amount("coalesce(sum(quantity) filter (where movement_type = 'return'), 0)") }} as returned,
    {{ as_amount("coalesce(sum(quantity) filter (where movement_type in ('transfer_in', 'transfer_out')), 0)") }}
        as transferred,
    {{ as_amount("coalesce(sum(quantity) filter (where movement_type in ('shrinkage', 'adjustment')), 0)") }}
        as adjusted,
    {{ as_amount('sum(quantity)') }} as net_quantity
from bounded
where business_date <= as_of_date
group by store_id, product_id, business_date
