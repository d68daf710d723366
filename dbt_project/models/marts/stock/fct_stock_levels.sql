with counted as (
    select
        levels.store_id,
        levels.product_id,
        levels.on_hand,
        levels.reserved
    from {{ ref('int_stock_levels_unioned') }} as levels
    inner join {{ ref('int_stores_completed') }} as stores on levels.store_id = stores.store_id
),

ledger as (
    select
        store_id,
        product_id,
        sum(net_quantity) as on_hand,
        max(business_date) filter (where received > 0) as last_received_date
    from {{ ref('int_stock_ledger_daily') }}
    group by store_id, product_id
),

receipts as (
    select
        store_id,
        product_id,
        max(received_date) as last_received_date
    from {{ ref('int_receipts_costed') }}
    group by store_id, product_id
),

ordered as (
    select
        store_id,
        product_id,
        sum(on_order_quantity) as on_order
    from {{ ref('fct_purchase_order_lines') }}
    where is_open
    group by store_id, product_id
),

-- The source's own figure is the truth of now; the ledger serves where it has none.
stocked as (
    select
        coalesce(counted.store_id, ledger.store_id) as store_id,
        coalesce(counted.product_id, ledger.product_id) as product_id,
        coalesce(counted.on_hand, ledger.on_hand) as on_hand,
        coalesce(counted.reserved, 0) as reserved,
        ledger.last_received_date
    from counted
    full outer join ledger
        on
            counted.store_id = ledger.store_id
            and counted.product_id = ledger.product_id
),

levels as (
    select
        coalesce(stocked.store_id, ordered.store_id) as store_id,
        coalesce(stocked.product_id, ordered.product_id) as product_id,
        coalesce(stocked.on_hand, 0) as on_hand,
        coalesce(stocked.reserved, 0) as reserved,
        coalesce(ordered.on_order, 0) as on_order,
        stocked.last_received_date
    from stocked
    full outer join ordered
        on
            stocked.store_id = ordered.store_id
            and stocked.product_id = ordered.product_id
),

-- One day for all, also where it is already tomorrow for some: stock of now adds up over stores.
today as (
    select max(as_of_date) as as_of_date
    from {{ ref('int_stores_completed') }}
),

last_sales as (
    select
        store_id,
        product_id,
        max(business_date) filter (where units_sold > 0) as last_sold_date
    from {{ ref('fct_sales_daily') }}
    group by store_id, product_id
)

select
    levels.store_id,
    levels.product_id,
    today.as_of_date,
    {{ as_amount('levels.on_hand') }} as on_hand,
    {{ as_amount('levels.reserved') }} as reserved,
    {{ as_amount('levels.on_hand - levels.reserved') }} as available,
    {{ as_amount('levels.on_order') }} as on_order,
    products.unit_cost,
    {{ as_amount('levels.on_hand * products.unit_cost') }} as stock_value,
    demand.mean_daily_units,
    case
        when demand.mean_daily_units > 0
            then cast((levels.on_hand - levels.reserved) / demand.mean_daily_units as double)
    end as days_of_cover,
    last_sales.last_sold_date,
    coalesce(levels.last_received_date, receipts.last_received_date) as last_received_date
from levels
cross join today
inner join {{ ref('dim_products') }} as products on levels.product_id = products.product_id
left join {{ ref('int_in_stock_demand') }} as demand
    on
        levels.store_id = demand.store_id
        and levels.product_id = demand.product_id
left join receipts
    on
        levels.store_id = receipts.store_id
        and levels.product_id = receipts.product_id
left join last_sales
    on
        levels.store_id = last_sales.store_id
        and levels.product_id = last_sales.product_id
