select
    orders.purchase_order_id,
    orders.source,
    orders.supplier_id,
    orders.store_id,
    coalesce(orders.status, 'open') as status,
    orders.ordered_at,
    cast(timezone(stores.time_zone, orders.ordered_at) as date) as ordered_date,
    cast(timezone(stores.time_zone, orders.expected_at) as date) as expected_date,
    coalesce(orders.currency, suppliers.currency, stores.currency) as currency
from {{ ref('int_purchase_orders_unioned') }} as orders
inner join {{ ref('int_stores_completed') }} as stores on orders.store_id = stores.store_id
left join {{ ref('int_suppliers_unioned') }} as suppliers on orders.supplier_id = suppliers.supplier_id
