-- A receipt that names the order but not its line belongs to the order's line of that product.
with candidates as (
    select
        order_lines.purchase_order_id,
        order_lines.product_id,
        min(order_lines.purchase_order_line_id) as purchase_order_line_id
    from {{ ref('int_purchase_order_lines_unioned') }} as order_lines
    group by order_lines.purchase_order_id, order_lines.product_id
),

matched as (
    select
        coalesce(receipts.purchase_order_line_id, candidates.purchase_order_line_id) as purchase_order_line_id,
        receipts.received_at,
        receipts.received_date,
        receipts.quantity
    from {{ ref('int_receipts_costed') }} as receipts
    left join candidates
        on
            receipts.purchase_order_id = candidates.purchase_order_id
            and receipts.product_id = candidates.product_id
)

select
    purchase_order_line_id,
    {{ as_amount('sum(quantity)') }} as received_quantity,
    min(received_date) as first_received_date,
    max(received_date) as last_received_date
from matched
where purchase_order_line_id is not null
group by purchase_order_line_id
