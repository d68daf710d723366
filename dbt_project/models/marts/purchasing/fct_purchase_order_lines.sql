with placed as (
    select
        order_lines.purchase_order_line_id,
        order_lines.purchase_order_id,
        orders.source,
        orders.supplier_id,
        orders.store_id,
        order_lines.product_id,
        coalesce(orders.status, 'open') as status,
        orders.ordered_at,
        cast(timezone(stores.time_zone, orders.ordered_at) as date) as ordered_date,
        cast(timezone(stores.time_zone, orders.expected_at) as date) as expected_date,
        receipts.first_received_date,
        receipts.last_received_date,
        order_lines.quantity as ordered_quantity,
        coalesce(receipts.received_quantity, 0) as received_quantity,
        order_lines.unit_cost,
        coalesce(orders.currency, suppliers.currency, stores.currency) as currency
    from {{ ref('int_purchase_order_lines_unioned') }} as order_lines
    inner join {{ ref('int_purchase_orders_unioned') }} as orders
        on order_lines.purchase_order_id = orders.purchase_order_id
    inner join {{ ref('int_stores_completed') }} as stores on orders.store_id = stores.store_id
    left join {{ ref('int_suppliers_unioned') }} as suppliers on orders.supplier_id = suppliers.supplier_id
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
    placed.status = 'open' and placed.received_quantity < placed.ordered_quantity as is_open,
    {{ as_amount("case when placed.status = 'open' then greatest(placed.ordered_quantity - placed.received_quantity, 0) else 0 end") }}
    as on_order_quantity,
    case
        when placed.currency = workspace.reporting_currency then placed.unit_cost
        else {{ as_amount('placed.unit_cost * rates.rate') }}
    end as unit_cost
from placed
cross join {{ ref('int_workspace') }} as workspace
left join {{ ref('int_exchange_rates_daily') }} as rates
    on
        placed.currency = rates.currency
        and placed.ordered_date = rates.rate_date
