with placed as (
    select
        order_lines.purchase_order_line_id,
        order_lines.purchase_order_id,
        orders.source,
        orders.supplier_id,
        orders.store_id,
        order_lines.product_id,
        orders.status,
        orders.ordered_at,
        orders.ordered_date,
        orders.expected_date,
        receipts.first_received_date,
        receipts.last_received_date,
        order_lines.quantity as ordered_quantity,
        coalesce(receipts.received_quantity, 0) as received_quantity,
        case
            when orders.status = 'open' then greatest(order_lines.quantity - coalesce(receipts.received_quantity, 0), 0)
            else 0
        end as on_order_quantity,
        order_lines.unit_cost,
        orders.currency
    from {{ ref('int_purchase_order_lines_unioned') }} as order_lines
    inner join {{ ref('int_purchase_orders_dated') }} as orders
        on order_lines.purchase_order_id = orders.purchase_order_id
    left join {{ ref('int_receipts_matched') }} as receipts
        on order_lines.purchase_order_line_id = receipts.purchase_order_line_id
)

select
    placed.purchase_order_line_id,
    placed.purchase_order_id,
    placed.source,
    placed.supplier_id,
    placed.store_id,
    placed.product_id,
    placed.status,
    placed.ordered_at,
    placed.ordered_date,
    placed.expected_date,
    placed.first_received_date,
    placed.last_received_date,
    {{ as_amount('placed.ordered_quantity') }} as ordered_quantity,
    {{ as_amount('placed.received_quantity') }} as received_quantity,
    placed.on_order_quantity > 0 as is_open,
    {{ as_amount('placed.on_order_quantity') }} as on_order_quantity,
    {{ reporting_amount('placed.unit_cost', reporting_rate('placed.currency')) }} as unit_cost
from placed
{{ join_rates('placed.currency', 'placed.ordered_date') }}
