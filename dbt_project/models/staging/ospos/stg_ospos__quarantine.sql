select
    'ospos' as source,
    cast(table_name as varchar) as table_name,
    cast(file as varchar) as file,
    cast(line as bigint) as line,
    -- A rejected customer's row, or the value that a reason quotes, may be a name or an address; those stay in the raw
    -- tables, as accepted ones do.
    case
        when table_name = 'customers' then split_part(cast(reason as varchar), ': ', 1)
        else cast(reason as varchar)
    end as reason,
    case when table_name <> 'customers' then cast(row_text as varchar) end as row_text,
    cast(loaded_at as timestamp with time zone) as loaded_at
from {{ source('raw_ospos', 'quarantine') }}
