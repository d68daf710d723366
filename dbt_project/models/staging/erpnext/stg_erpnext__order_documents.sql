with first_warehouses as (
    select
        parent,
        arg_min(warehouse, idx) as warehouse,
        min(coalesce(expected_delivery_date, schedule_date)) as expected_date
    from {{ source('raw_erpnext', 'purchase_order_item') }}
    group by parent
)

select
    purchase_order.name,
    purchase_order.docstatus,
    purchase_order.supplier,
    purchase_order.status,
    purchase_order.currency,
    purchase_order.company,
    purchase_order.transaction_date,
    cast(purchase_order.conversion_rate as double) as conversion_rate,
    purchase_order.ordered_at,
    coalesce(
        timezone(company.time_zone, cast(first_warehouses.expected_date as timestamp)), purchase_order.expected_at
    ) as expected_at,
    coalesce(
        purchase_order.set_warehouse, first_warehouses.warehouse, 'company:' || purchase_order.company
    ) as warehouse
from {{ source('raw_erpnext', 'purchase_order') }} as purchase_order
left join first_warehouses on purchase_order.name = first_warehouses.parent
left join {{ source('raw_erpnext', 'company') }} as company on purchase_order.company = company.name
