select
    'erpnext' as source,
    'erpnext:' || items.name as purchase_order_line_id,
    'erpnext:' || items.parent as purchase_order_id,
    'erpnext:' || items.item_code as product_id,
    items.stock_qty as quantity,
    {{ as_amount('items.net_amount / nullif(items.stock_qty, 0)') }} as unit_cost
from {{ source('raw_erpnext', 'purchase_order_item') }} as items
inner join {{ ref('stg_erpnext__order_documents') }} as orders on items.parent = orders.name
where items.item_code is not null
