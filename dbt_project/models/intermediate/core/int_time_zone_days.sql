with zones as (
    select distinct time_zone from {{ ref('int_stores_completed') }}
),

moments as (
    select min(sold_at) as first_at from {{ ref('int_sale_lines_unioned') }}
    union all
    select min(sold_at) as first_at from {{ ref('int_sales_unioned') }}
    union all
    select min(moved_at) as first_at from {{ ref('int_stock_movements_unioned') }}
),

bounds as (
    select
        {{ utc_day('coalesce(min(moments.first_at), any_value(workspace.as_of_at))') }} as first_day,
        {{ utc_day('any_value(workspace.as_of_at)') }} + 1 as last_day
    from moments
    cross join {{ ref('int_workspace') }} as workspace
),

days as (
    select unnest(range(greatest(first_day, last_day - 40 * 366), last_day + 1)) as utc_day
    from bounds
),

offsets as (
    select
        zones.time_zone,
        days.utc_day,
        epoch_us(timezone(zones.time_zone, make_timestamptz(days.utc_day * 86400000000)))
        - days.utc_day * 86400000000 as at_start,
        epoch_us(timezone(zones.time_zone, make_timestamptz((days.utc_day + 1) * 86400000000)))
        - (days.utc_day + 1) * 86400000000 as at_end
    from zones
    cross join days
)

select
    time_zone,
    utc_day,
    case when at_start = at_end then at_start end as offset_microseconds
from offsets
