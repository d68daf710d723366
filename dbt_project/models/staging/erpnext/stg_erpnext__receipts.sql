with received as (
    select
        items.name,
        items.item_code,
        items.warehouse,
        items.rejected_warehouse,
        items.stock_qty,
        items.rejected_qty * cast(items.conversion_factor as double) as rejected_stock_qty,
        items.purchase_order,
        items.purchase_order_item,
        receipt.posted_at,
        -- A receipt of an order is in its currency, any other in the store's.
        case
            when items.purchase_order is not null then items.net_amount
            else items.net_amount * cast(receipt.conversion_rate as double)
        end / nullif(items.stock_qty, 0) as unit_cost
    from {{ source('raw_erpnext', 'purchase_receipt_item') }} as items
    inner join {{ source('raw_erpnext', 'purchase_receipt') }} as receipt on items.parent = receipt.name
    where receipt.docstatus = 1
),

lines as (
    select
        name as receipt_code,
        purchase_order_item,
        purchase_order,
        warehouse,
        item_code,
        posted_at,
        stock_qty as quantity,
        unit_cost
    from received
    union all by name
    -- Rejected goods came too: the supplier does not send them again, and they lie in a warehouse of their own.
    select
        name || ':rejected' as receipt_code,
        purchase_order_item,
        purchase_order,
        coalesce(rejected_warehouse, warehouse) as warehouse,
        item_code,
        posted_at,
        {{ as_amount('rejected_stock_qty') }} as quantity
    from received
    where rejected_stock_qty != 0
    union all by name
    select
        name as receipt_code,
        warehouse,
        item_code,
        posted_at,
        actual_qty as quantity,
        nullif(incoming_rate, 0) as unit_cost
    from {{ source('raw_erpnext', 'stock_ledger_entry') }}
    where
        voucher_type = 'Purchase Invoice'
        and not coalesce(is_cancelled, false)
)

select
    'erpnext' as source,
    'erpnext:' || receipt_code as receipt_id,
    'erpnext:' || purchase_order_item as purchase_order_line_id,
    'erpnext:' || purchase_order as purchase_order_id,
    'erpnext:' || warehouse as store_id,
    'erpnext:' || item_code as product_id,
    posted_at as received_at,
    quantity,
    {{ as_amount('unit_cost') }} as unit_cost
from lines
where
    quantity != 0
    and warehouse is not null
