select
    'erpnext' as source,
    cast(table_name as varchar) as table_name,
    cast(file as varchar) as file,
    cast(line as bigint) as line,
    cast(reason as varchar) as reason,
    cast(row_text as varchar) as row_text,
    cast(loaded_at as timestamp with time zone) as loaded_at
from {{ source('raw_erpnext', 'quarantine') }}
