select
    'erpnext' as source,
    cast(table_name as varchar) as table_name,
    cast(is_available as boolean) as is_available,
    cast(note as varchar) as note
from {{ source('raw_erpnext', 'capabilities') }}
