select
    'odoo' as source,
    'odoo:' || payments.id as payment_id,
    sales.sale_id,
    sales.store_id,
    coalesce(methods.name, 'method ' || payments.payment_method_id) as tender,
    payments.amount,
    payments.payment_date as paid_at,
    sales.currency
from {{ source('raw_odoo', 'pos_payment') }} as payments
inner join {{ ref('stg_odoo__sales') }} as sales on 'odoo:pos-' || payments.pos_order_id = sales.sale_id
left join {{ source('raw_odoo', 'pos_payment_method') }} as methods on payments.payment_method_id = methods.id
