{{ config(materialized='view') }}

with placed as (
    select
        payments.payment_id,
        payments.sale_id,
        payments.source,
        sales.store_id,
        coalesce(payments.tender, 'unknown') as tender,
        sales.business_date,
        payments.amount,
        coalesce(payments.currency, sales.currency) as currency
    from {{ ref('int_payments_unioned') }} as payments
    inner join {{ ref('int_sales_counted') }} as sales on payments.sale_id = sales.sale_id
),

rated as (
    select
        placed.payment_id,
        placed.sale_id,
        placed.source,
        placed.store_id,
        placed.tender,
        placed.business_date,
        placed.amount,
        placed.currency,
        {{ reporting_rate('placed.currency') }} as reporting_rate
    from placed
    {{ join_rates('placed.currency', 'placed.business_date') }}
)

select
    payment_id,
    sale_id,
    source,
    store_id,
    tender,
    business_date,
    {{ reporting_amount('amount', 'reporting_rate') }} as amount,
    currency,
    amount as amount_as_paid
from rated
