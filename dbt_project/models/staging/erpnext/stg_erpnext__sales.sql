select
    'erpnext' as source,
    'erpnext:' || document_key as sale_id,
    'erpnext:' || warehouse as store_id,
    posted_at as sold_at,
    'erpnext:' || customer as customer_id,
    channel,
    case docstatus when 0 then 'draft' when 1 then 'completed' else 'cancelled' end as status,
    cashier,
    pos_profile as register,
    currency
from {{ ref('stg_erpnext__sales_documents') }}
