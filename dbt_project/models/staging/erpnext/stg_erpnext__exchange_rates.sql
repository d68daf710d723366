with sold as (
    select
        documents.posting_date as rate_date,
        documents.currency as from_currency,
        company.currency as to_currency,
        -- Weighed by amount, so that a day's sales come to what the invoices were booked with.
        coalesce(
            sum(abs(documents.net_total) * documents.conversion_rate) / nullif(sum(abs(documents.net_total)), 0),
            avg(documents.conversion_rate)
        ) as rate,
        1 as preference
    from {{ ref('stg_erpnext__sales_documents') }} as documents
    inner join {{ source('raw_erpnext', 'company') }} as company on documents.company = company.name
    where documents.docstatus = 1
    group by documents.posting_date, documents.currency, company.currency
),

noted as (
    select
        date as rate_date,
        from_currency,
        to_currency,
        arg_max(try_cast(exchange_rate as double), name) as rate,
        2 as preference
    from {{ source('raw_erpnext', 'currency_exchange') }}
    group by date, from_currency, to_currency
),

bought as (
    select
        orders.transaction_date as rate_date,
        orders.currency as from_currency,
        company.currency as to_currency,
        avg(orders.conversion_rate) as rate,
        3 as preference
    from {{ ref('stg_erpnext__order_documents') }} as orders
    inner join {{ source('raw_erpnext', 'company') }} as company on orders.company = company.name
    where orders.docstatus = 1
    group by orders.transaction_date, orders.currency, company.currency
),

together as (
    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        preference
    from sold
    union all
    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        preference
    from noted
    union all
    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        preference
    from bought
)

select
    'erpnext' as source,
    rate_date,
    from_currency,
    to_currency,
    cast(arg_min(rate, preference) as decimal(18, 8)) as rate
from together
where
    rate > 0
    and rate_date is not null
    and from_currency != to_currency
group by rate_date, from_currency, to_currency
