with calendar as (
    select
        as_of_date - 40 * 366 as earliest_date,
        as_of_date + 400 as latest_date
    from {{ ref('int_workspace') }}
),

moments as (
    select min(business_date) as first_date
    from {{ ref('int_sales_counted') }}
    union all
    select min(business_date) as first_date
    from {{ ref('int_stock_ledger_daily') }}
    union all
    select as_of_date as first_date
    from {{ ref('int_workspace') }}
),

bounds as (
    select
        greatest(min(moments.first_date), any_value(calendar.earliest_date)) as first_date,
        any_value(calendar.latest_date) as last_date
    from moments
    cross join calendar
),

-- A sale that a source dates before or after all that is a day of its own: the centuries between are no days of trade.
days as (
    select cast(unnest(generate_series(first_date, last_date, interval 1 day)) as date) as date_day
    from bounds
    union distinct
    select sales.business_date as date_day
    from {{ ref('int_sales_counted') }} as sales
    inner join calendar
        on
            sales.business_date < calendar.earliest_date
            or sales.business_date > calendar.latest_date
)

select
    date_day,
    strftime(date_day, '%a') as weekday,
    cast(isodow(date_day) as integer) as weekday_number,
    cast(date_trunc('week', date_day) as date) as week_start_date,
    cast(date_trunc('month', date_day) as date) as month_start_date,
    cast(quarter(date_day) as integer) as quarter,
    cast(year(date_day) as integer) as year
from days
