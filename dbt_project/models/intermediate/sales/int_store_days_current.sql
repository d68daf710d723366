with promotions as (
    select
        promotion_id,
        min(name) as promotion
    from {{ ref('int_promotions_unioned') }}
    group by promotion_id
),

-- What a ticket adds to its lines is in the fingerprint of the tickets, which lie in the same store-day.
lines as (
    select
        sales.store_id,
        sales.business_date,
        hash(
            lines.sale_line_id, lines.sale_id, lines.product_id, lines.quantity, lines.unit_price,
            lines.discount_amount, lines.net_amount, lines.tax_amount, lines.gross_amount, lines.unit_cost,
            lines.promotion_id, lines.customer_id, lines.line_type, products.kind, products.tax_rate,
            promotions.promotion
        ) as fingerprint
    from {{ ref('int_sale_lines_unioned') }} as lines
    inner join {{ ref('int_sales_counted') }} as sales on lines.sale_id = sales.sale_id
    left join {{ ref('int_products_completed') }} as products on lines.product_id = products.product_id
    left join promotions on lines.promotion_id = promotions.promotion_id
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
