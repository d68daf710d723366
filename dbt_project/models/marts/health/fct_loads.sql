select
    source,
    file,
    table_name,
    cast(sum(rows_read) as bigint) as rows_read,
    cast(sum(rows_accepted) as bigint) as rows_accepted,
    cast(sum(rows_quarantined) as bigint) as rows_quarantined,
    max(loaded_at) as last_loaded_at
from {{ ref('int_loads_unioned') }}
group by source, file, table_name
