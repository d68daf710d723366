with lines as (
    select
        store_id,
        business_date,
        hash(
            sale_line_id, sale_id, product_id, customer_id, promotion_id, promotion, line_type, quantity, unit_price,
            discount_amount, net_amount, tax_amount, charges_amount, total_amount, cost_amount, is_return_only_ticket,
            net_amount_as_sold
        ) as fingerprint
    from {{ ref('int_sale_lines_counted') }}
),

tickets as (
    select
        store_id,
        business_date,
        hash(
            sale_id, source, sold_at, hour, customer_id, channel, cashier, register, currency, reporting_rate
        ) as fingerprint
    from {{ ref('int_sales_counted') }}
),

payments as (
    select
        store_id,
        business_date,
        hash(payment_id, sale_id, tender, amount, currency, amount_as_paid) as fingerprint
    from {{ ref('int_payments_counted') }}
),

parts as (
    select
        'lines' as part,
        store_id,
        business_date,
        fingerprint
    from lines
    union all
    select
        'tickets' as part,
        store_id,
        business_date,
        fingerprint
    from tickets
    union all
    select
        'payments' as part,
        store_id,
        business_date,
        fingerprint
    from payments
)

select
    part,
    store_id,
    business_date,
    count(*) as row_count,
    sum(fingerprint) as fingerprint
from parts
group by part, store_id, business_date
