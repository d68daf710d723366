{{ config(materialized='incremental', incremental_strategy='store_days', on_schema_change='fail') }}

with lines as (
    select
        lines.sale_id,
        count(*) as lines,
        sum(lines.units_sold) as units_sold,
        sum(lines.units_returned) as units_returned,
        sum(lines.net_amount) as net_amount,
        sum(lines.tax_amount) as tax_amount,
        sum(lines.gross_amount) as gross_amount,
        sum(lines.discount_amount) as discount_amount,
        sum(lines.charges_amount) as charges_amount,
        sum(lines.total_amount) as total_amount,
        bool_or(lines.is_return_only_ticket) as is_return_only
    from {{ ref('fct_sale_lines') }} as lines
    where {{ in_changed_store_day('lines') }}
    group by lines.sale_id
),

payments as (
    select
        payments.sale_id,
        sum(payments.amount) as payments_amount
    from {{ ref('fct_payments') }} as payments
    where {{ in_changed_store_day('payments') }}
    group by payments.sale_id
),

tickets as (
    select
        sales.sale_id,
        sales.source,
        sales.store_id,
        sales.customer_id,
        sales.channel,
        sales.sold_at,
        sales.business_date,
        sales.hour,
        sales.cashier,
        sales.register,
        sales.currency
    from {{ ref('int_sales_counted') }} as sales
    where {{ in_changed_store_day('sales') }}
)

select
    tickets.sale_id,
    tickets.source,
    tickets.store_id,
    tickets.customer_id,
    tickets.channel,
    tickets.sold_at,
    tickets.business_date,
    tickets.hour,
    cast(coalesce(lines.lines, 0) as integer) as lines,
    {{ as_amount('coalesce(lines.units_sold, 0)') }} as units_sold,
    {{ as_amount('coalesce(lines.units_returned, 0)') }} as units_returned,
    {{ as_amount('lines.net_amount') }} as net_amount,
    {{ as_amount('lines.tax_amount') }} as tax_amount,
    {{ as_amount('lines.gross_amount') }} as gross_amount,
    {{ as_amount('lines.discount_amount') }} as discount_amount,
    {{ as_amount('lines.charges_amount') }} as charges_amount,
    {{ as_amount('lines.total_amount') }} as total_amount,
    {{ as_amount('payments.payments_amount') }} as payments_amount,
    coalesce(lines.is_return_only, false) as is_return_only,
    tickets.cashier,
    tickets.register,
    tickets.currency
from tickets
left join lines on tickets.sale_id = lines.sale_id
left join payments on tickets.sale_id = payments.sale_id
