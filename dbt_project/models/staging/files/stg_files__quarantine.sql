select
    'files' as source,
    cast(table_name as varchar) as table_name,
    cast(file as varchar) as file,
    cast(line as bigint) as line,
    cast(reason as varchar) as reason,
    -- A rejected customer's row holds a name and an address; those stay in the raw tables, as accepted ones do.
    case when table_name <> 'customers' then cast(row_text as varchar) end as row_text,
    cast(loaded_at as timestamp with time zone) as loaded_at
from {{ source('raw_files', 'quarantine') }}
