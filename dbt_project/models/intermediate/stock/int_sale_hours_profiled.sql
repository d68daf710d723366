with out_days as (
    select
        store_id,
        product_id,
        business_date
    from {{ ref('fct_stock_daily') }}
    where opening <= 0 or on_hand <= 0
),

out_stores as (
    select distinct store_id
    from out_days
),

-- Days that began or ended without stock would show the hours at which it lasted, not those at which it is asked for.
lines as (
    select
        lines.store_id,
        coalesce(products.category, '') as category,
        isodow(lines.business_date) as weekday_number,
        lines.hour
    from {{ ref('fct_sale_lines') }} as lines
    inner join out_stores on lines.store_id = out_stores.store_id
    inner join {{ ref('int_stores_completed') }} as stores on lines.store_id = stores.store_id
    inner join {{ ref('dim_products') }} as products on lines.product_id = products.product_id
    anti join out_days
        on
            lines.store_id = out_days.store_id
            and lines.product_id = out_days.product_id
            and lines.business_date = out_days.business_date
    where
        lines.units_sold > 0
        and lines.business_date > stores.as_of_date - 365
),

counted as (
    select
        store_id,
        category,
        weekday_number,
        hour,
        count(*) as line_count
    from lines
    group by store_id, category, weekday_number, hour
),

categories as (
    select distinct
        store_id,
        category
    from lines
),

weekdays as (
    select cast(unnest(range(1, 8)) as integer) as weekday_number
),

hours as (
    select cast(unnest(range(24)) as integer) as hour
),

placed as (
    select
        categories.store_id,
        categories.category,
        weekdays.weekday_number,
        hours.hour,
        coalesce(counted.line_count, 0) as line_count
    from categories
    cross join weekdays
    cross join hours
    left join counted
        on
            categories.store_id = counted.store_id
            and categories.category = counted.category
            and weekdays.weekday_number = counted.weekday_number
            and hours.hour = counted.hour
),

totals as (
    select
        store_id,
        category,
        weekday_number,
        hour,
        line_count,
        sum(line_count) over (partition by store_id, category, weekday_number) as group_lines,
        sum(line_count) over (partition by store_id, weekday_number, hour) as weekday_hour_lines,
        sum(line_count) over (partition by store_id, weekday_number) as weekday_lines,
        sum(line_count) over (partition by store_id, hour) as store_hour_lines,
        sum(line_count) over (partition by store_id) as store_lines
    from placed
),

-- A group with few lines leans on its store's weekday, and that on the store: each weighs as much as 30 lines.
shares as (
    select
        store_id,
        category,
        weekday_number,
        hour,
        store_hour_lines / store_lines as store_share,
        (weekday_hour_lines + 30 * store_hour_lines / store_lines) / (weekday_lines + 30) as weekday_share,
        (line_count + 30 * weekday_share) / (group_lines + 30) as share
    from totals
),

cumulated as (
    select
        store_id,
        category,
        weekday_number,
        hour,
        store_share,
        sum(share) over (
            partition by store_id, category, weekday_number
            order by hour
            rows unbounded preceding
        ) as share_until_end
    from shares
)

select
    store_id,
    category,
    weekday_number,
    list_prepend(0.0, list(share_until_end order by hour)) as share_until,
    -- Moments without a time of day all lie in one hour.
    max(store_share) < 0.5 as has_hours
from cumulated
group by store_id, category, weekday_number
