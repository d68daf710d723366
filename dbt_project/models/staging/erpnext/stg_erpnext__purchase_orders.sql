select
    'erpnext' as source,
    'erpnext:' || name as purchase_order_id,
    'erpnext:' || supplier as supplier_id,
    'erpnext:' || warehouse as store_id,
    ordered_at,
    expected_at,
    case
        when docstatus = 0 then 'draft'
        when docstatus = 2 then 'cancelled'
        -- A closed order stays submitted, received or not.
        when status in ('Closed', 'Completed', 'Delivered', 'To Bill') then 'closed'
        else 'open'
    end as status,
    currency
from {{ ref('stg_erpnext__order_documents') }}
