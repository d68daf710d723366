{{ config(materialized='incremental', incremental_strategy='store_days', on_schema_change='fail') }}

select
    payments.payment_id,
    payments.sale_id,
    payments.source,
    payments.store_id,
    payments.tender,
    payments.business_date,
    payments.amount,
    payments.currency,
    payments.amount_as_paid
from {{ ref('int_payments_counted') }} as payments
where {{ in_changed_store_day('payments') }}
