with recent as (
    select
        store_id,
        product_id,
        unnest(max(business_date, 28)) as business_date
    from {{ ref('fct_stock_daily') }}
    where is_in_stock and is_complete_day
    group by store_id, product_id
)

select
    recent.store_id,
    recent.product_id,
    count(*) as in_stock_days,
    cast(coalesce(sum(sales.units_sold), 0) as double) / count(*) as mean_daily_units
from recent
left join {{ ref('fct_sales_daily') }} as sales
    on
        recent.store_id = sales.store_id
        and recent.product_id = sales.product_id
        and recent.business_date = sales.business_date
group by recent.store_id, recent.product_id
