-- payment_time is the database server's clock, not the shop's: a payment is dated by its sale.
select
    sales.source,
    'ospos:' || payments.payment_id as payment_id,
    sales.sale_id,
    sales.store_id,
    trim(payments.tender) as tender,
    payments.payment_amount - payments.cash_refund as amount,
    sales.sold_at as paid_at,
    cast(null as varchar) as currency
from {{ source('raw_ospos', 'sales_payments') }} as payments
inner join {{ ref('stg_ospos__sales') }} as sales on sales.sale_id = 'ospos:' || payments.sale_id
where payments.cash_adjustment <> 1
