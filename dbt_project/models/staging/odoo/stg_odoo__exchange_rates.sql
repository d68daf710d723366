-- A rate says how many units one unit of the base is worth; the base is the company's currency, whose own rate is 1 or
-- was once set to another value.
with given as (
    select
        companies.company_id,
        companies.currency as from_currency,
        currencies.name as to_currency,
        rates.name as rate_date,
        cast(rates.rate as double) as rate
    from {{ source('raw_odoo', 'res_currency_rate') }} as rates
    inner join {{ source('raw_odoo', 'res_currency') }} as currencies on rates.currency_id = currencies.id
    inner join {{ ref('stg_odoo__companies') }} as companies
        on
            rates.company_id is null
            or rates.company_id = companies.company_id
    where cast(rates.rate as double) > 0
),

bases as (
    select
        company_id,
        rate_date,
        rate
    from given
    where from_currency = to_currency
),

relative as (
    select
        given.company_id,
        given.rate_date,
        given.from_currency,
        given.to_currency,
        given.rate / coalesce(bases.rate, 1) as rate
    from given
    asof left join bases
        on
            given.company_id = bases.company_id
            and given.rate_date >= bases.rate_date
    where given.from_currency <> given.to_currency
)

select
    'odoo' as source,
    rate_date,
    from_currency,
    to_currency,
    cast(arg_min(rate, company_id) as decimal(18, 8)) as rate
from relative
group by rate_date, from_currency, to_currency
