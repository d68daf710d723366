with weighed as (
    select
        events.store_id,
        events.product_id,
        events.business_date,
        events.kind,
        events.on_shelf,
        events.on_hand,
        events.is_there,
        events.is_last,
        coalesce(profiles.has_hours, false) as has_hours,
        {{ share_until('profiles.share_until', 'events.at_hour') }} as share_before,
        {{ share_until('profiles.share_until', 'events.until_hour') }} as share_until
    from {{ ref('int_shelf_events') }} as events
    left join {{ ref('int_sale_hours_profiled') }} as profiles
        on
            events.store_id = profiles.store_id
            and events.category = profiles.category
            and isodow(events.business_date) = profiles.weekday_number
),

days as (
    select
        store_id,
        product_id,
        business_date,
        coalesce(sum(share_until - share_before) filter (where is_there), 0) as share_there,
        count(*) filter (where is_there) > 0 as was_there,
        count(*) filter (where not is_there) > 0 as was_missing,
        bool_or(kind = 'sale' and not is_there) and not bool_or(is_last and is_there) as is_sold_out,
        1 - max(share_before) filter (where kind = 'sale') as share_after_last_sale,
        count(*) filter (where kind = 'sale') as sale_lines,
        bool_or(is_last and abs(on_shelf - on_hand) < 0.001) as is_explained,
        bool_and(has_hours) as has_hours
    from weighed
    group by store_id, product_id, business_date
),

-- Of n sales spread over a day the last leaves 1 / (n + 1) of it, on average. Where shelves ran out, the part left must
-- be clearly longer, or the moments of sales say nothing about when that was: typed in later, or stamped in batches.
telling as (
    select
        stores.source,
        count(*) >= 30 and sum(days.share_after_last_sale) > 1.2 * sum(1 / (days.sale_lines + 1)) as is_telling
    from days
    inner join {{ ref('dim_stores') }} as stores on days.store_id = stores.store_id
    where
        days.is_sold_out
        and days.is_explained
        and days.has_hours
    group by stores.source
)

select
    days.store_id,
    days.product_id,
    days.business_date,
    cast(
        case
            when not days.is_explained then null
            when not days.was_there then 0
            when not days.was_missing then 1
            when not days.has_hours then null
            when days.is_sold_out and not coalesce(telling.is_telling, false) then null
            else greatest(0, least(1, days.share_there))
        end as double
    ) as availability,
    days.is_sold_out
from days
inner join {{ ref('dim_stores') }} as stores on days.store_id = stores.store_id
left join telling on stores.source = telling.source
