with placed as (
    select
        receipts.receipt_id,
        receipts.source,
        receipts.store_id,
        receipts.product_id,
        receipts.purchase_order_line_id,
        coalesce(receipts.purchase_order_id, order_lines.purchase_order_id) as purchase_order_id,
        receipts.received_at,
        cast({{ store_time('receipts.received_at') }} as date) as received_date,
        receipts.quantity,
        coalesce(receipts.unit_cost, order_lines.unit_cost) as unit_cost,
        stores.currency as store_currency
    from {{ ref('int_receipts_unioned') }} as receipts
    {{ join_store_time('receipts', 'received_at') }}
    left join {{ ref('int_purchase_order_lines_unioned') }} as order_lines
        on receipts.purchase_order_line_id = order_lines.purchase_order_line_id
),

priced as (
    select
        placed.receipt_id,
        placed.source,
        placed.store_id,
        placed.product_id,
        placed.purchase_order_line_id,
        placed.purchase_order_id,
        placed.received_at,
        placed.received_date,
        placed.quantity,
        placed.unit_cost,
        coalesce(orders.currency, placed.store_currency) as currency
    from placed
    left join {{ ref('int_purchase_orders_dated') }} as orders
        on placed.purchase_order_id = orders.purchase_order_id
)

select
    priced.receipt_id,
    priced.source,
    priced.store_id,
    priced.product_id,
    priced.purchase_order_line_id,
    priced.purchase_order_id,
    priced.received_at,
    priced.received_date,
    priced.quantity,
    {{ reporting_amount('priced.unit_cost', reporting_rate('priced.currency')) }} as unit_cost
from priced
{{ join_rates('priced.currency', 'priced.received_date') }}
