with bounds as (
    select
        min(first_date) as first_date,
        max(last_date) as last_date
    from (
        select
            min(business_date) as first_date,
            max(business_date) as last_date
        from {{ ref('int_sales_counted') }}
        union all
        select
            min(business_date) as first_date,
            max(business_date) as last_date
        from {{ ref('int_stock_ledger_daily') }}
        union all
        select
            as_of_date as first_date,
            as_of_date + 400 as last_date
        from {{ ref('int_workspace') }}
    )
),

days as (
    select cast(unnest(generate_series(first_date, last_date, interval 1 day)) as date) as date_day
    from bounds
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
