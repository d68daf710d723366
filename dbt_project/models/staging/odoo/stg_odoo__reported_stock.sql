select
    'odoo' as source,
    'odoo:' || product_id as product_id,
    quantity as on_hand
from {{ source('raw_odoo', 'reported_stock') }}
