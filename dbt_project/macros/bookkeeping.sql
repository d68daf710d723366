{#- What every connector writes about its loads, the same for all of them. -#}
{% macro stage_capabilities(source_name) -%}
select
    '{{ source_name }}' as source,
    cast(table_name as varchar) as table_name,
    cast(is_available as boolean) as is_available,
    cast(note as varchar) as note
from {{ source('raw_' ~ source_name, 'capabilities') }}
{%- endmacro %}

{% macro stage_loads(source_name) -%}
select
    '{{ source_name }}' as source,
    cast(table_name as varchar) as table_name,
    cast(file as varchar) as file,
    cast(fingerprint as varchar) as fingerprint,
    cast(read as bigint) as rows_read,
    cast(accepted as bigint) as rows_accepted,
    cast(quarantined as bigint) as rows_quarantined,
    cast(exact_duplicates as bigint) as exact_duplicates,
    cast(loaded_at as timestamp with time zone) as loaded_at
from {{ source('raw_' ~ source_name, 'loads') }}
{%- endmacro %}

{#- A rejected customer's row, or the value that a reason quotes, may be a name or an address; those stay in the raw
    tables, as accepted ones do. -#}
{% macro stage_quarantine(source_name) -%}
select
    '{{ source_name }}' as source,
    cast(table_name as varchar) as table_name,
    cast(file as varchar) as file,
    cast(line as bigint) as line,
    case
        when table_name = 'customers' then split_part(cast(reason as varchar), ': ', 1)
        else cast(reason as varchar)
    end as reason,
    case when table_name <> 'customers' then nullif(cast(row_text as varchar), '') end as row_text,
    cast(loaded_at as timestamp with time zone) as loaded_at
from {{ source('raw_' ~ source_name, 'quarantine') }}
{%- endmacro %}
