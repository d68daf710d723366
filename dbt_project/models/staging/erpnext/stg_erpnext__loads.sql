select
    'erpnext' as source,
    cast(table_name as varchar) as table_name,
    cast(file as varchar) as file,
    cast(fingerprint as varchar) as fingerprint,
    cast(read as bigint) as rows_read,
    cast(accepted as bigint) as rows_accepted,
    cast(quarantined as bigint) as rows_quarantined,
    cast(exact_duplicates as bigint) as exact_duplicates,
    cast(loaded_at as timestamp with time zone) as loaded_at
from {{ source('raw_erpnext', 'loads') }}
