with rates as (
    select
        rates.rate_date,
        rates.from_currency as currency,
        rates.rate,
        1 as preference
    from {{ ref('int_exchange_rates_unioned') }} as rates
    inner join {{ ref('int_workspace') }} as workspace on rates.to_currency = workspace.reporting_currency
    where rates.rate > 0
    union all
    select
        rates.rate_date,
        rates.to_currency as currency,
        cast(1 / rates.rate as decimal(18, 8)) as rate,
        2 as preference
    from {{ ref('int_exchange_rates_unioned') }} as rates
    inner join {{ ref('int_workspace') }} as workspace on rates.from_currency = workspace.reporting_currency
    where rates.rate > 0
),

best as (
    select
        currency,
        rate_date,
        arg_min(rate, preference) as rate
    from rates
    group by currency, rate_date
),

periods as (
    select
        best.currency,
        best.rate_date as valid_from_date,
        lead(best.rate_date, 1, workspace.as_of_date + 2)
            over (partition by best.currency order by best.rate_date)
            as valid_before_date,
        best.rate
    from best
    cross join {{ ref('int_workspace') }} as workspace
    where best.rate_date <= workspace.as_of_date + 1
)

select
    currency,
    valid_from_date + cast(unnest(range(0, valid_before_date - valid_from_date)) as integer) as rate_date,
    rate
from periods
