with loads as (
    select
        source,
        table_name,
        count(distinct file) as files,
        sum(rows_read) as rows_read,
        sum(rows_accepted) as rows_accepted,
        sum(rows_quarantined) as rows_quarantined,
        sum(exact_duplicates) as exact_duplicates,
        max(loaded_at) as last_loaded_at
    from {{ ref('int_loads_unioned') }}
    group by source, table_name
),

keys as (
    select
        source,
        table_name
    from {{ ref('int_capabilities_unioned') }}
    union distinct
    select
        source,
        table_name
    from {{ ref('int_table_rows') }}
    union distinct
    select
        source,
        table_name
    from loads
)

select
    keys.source,
    keys.table_name,
    coalesce(capabilities.is_available, table_rows.row_count > 0, false) as is_available,
    cast(coalesce(table_rows.row_count, 0) as bigint) as row_count,
    table_rows.first_at,
    table_rows.last_at,
    cast(coalesce(loads.files, 0) as bigint) as files,
    cast(coalesce(loads.rows_read, 0) as bigint) as rows_read,
    cast(coalesce(loads.rows_accepted, 0) as bigint) as rows_accepted,
    cast(coalesce(loads.rows_quarantined, 0) as bigint) as rows_quarantined,
    cast(coalesce(loads.exact_duplicates, 0) as bigint) as exact_duplicates,
    loads.last_loaded_at
from keys
left join {{ ref('int_capabilities_unioned') }} as capabilities
    on
        keys.source = capabilities.source
        and keys.table_name = capabilities.table_name
left join {{ ref('int_table_rows') }} as table_rows
    on
        keys.source = table_rows.source
        and keys.table_name = table_rows.table_name
left join loads
    on
        keys.source = loads.source
        and keys.table_name = loads.table_name
