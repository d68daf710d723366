-- The server gives units of each currency for one of its own; by way of that, any two of them can be compared.
with rates as (
    select
        currency,
        try_cast(rate as double) as units_of_base
    from {{ source('raw_inventree', 'exchange_rate') }}
    union all
    select
        base_currency as currency,
        cast(1 as double) as units_of_base
    from {{ source('raw_inventree', 'server') }}
    where base_currency is not null
)

select
    rates.currency,
    cast(reporting.units_of_base / rates.units_of_base as decimal(18, 8)) as rate
from rates
cross join {{ source('raw_tillsight', 'workspace') }} as workspace
inner join rates as reporting on workspace.reporting_currency = reporting.currency
where
    rates.currency != workspace.reporting_currency
    and rates.units_of_base > 0
union all
select
    reporting_currency as currency,
    cast(1 as decimal(18, 8)) as rate
from {{ source('raw_tillsight', 'workspace') }}
