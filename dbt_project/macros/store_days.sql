{#- A table of an earlier run, or none where there is none or everything is built anew. It is no ref: the table is
    written at the end of a run and read at the start of the next, so that as a ref it would close a circle. -#}
{% macro built_relation(schema, identifier) -%}
    {%- if not execute or flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(adapter.get_relation(database=target.database, schema=schema, identifier=identifier)) }}
{%- endmacro %}

{#- The store-days that every sales fact was last built from, or none when the facts have to be built whole. -#}
{% macro store_days_built() -%}
    {{ return(built_relation('intermediate', 'int_store_days_built')) }}
{%- endmacro %}

{#- Condition that keeps the store-days to rebuild, in an incremental run: whether `alias` lies in one. -#}
{% macro in_changed_store_day(alias) -%}
    {%- set changed = ref('int_store_days_changed') -%}
    {%- if is_incremental() and store_days_built() is not none -%}
(
    {{ alias }}.store_id, {{ alias }}.business_date
) in (select changed.store_id, changed.business_date from {{ changed }} as changed)
    {%- else -%}
true
    {%- endif -%}
{%- endmacro %}

{#- Incremental strategy: drop the changed store-days, whatever they held, and insert them anew. -#}
{% macro get_incremental_store_days_sql(arguments) -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
    {%- if store_days_built() is none %}
delete from {{ arguments['target_relation'] }};
    {%- else %}
delete from {{ arguments['target_relation'] }} as kept
using {{ ref('int_store_days_changed') }} as changed
where
    kept.store_id = changed.store_id
    and kept.business_date = changed.business_date;
    {%- endif %}
insert into {{ arguments['target_relation'] }} ({{ columns }})
select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}

{#- Incremental strategy of the daily stock: drop each store from its first changed day on, and insert it anew. -#}
{% macro get_incremental_stock_days_sql(arguments) -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) %}
delete from {{ arguments['target_relation'] }} as kept
using {{ ref('int_stock_rebuild_starts') }} as starts
where
    kept.store_id = starts.store_id
    and kept.business_date >= starts.rebuild_from_date;
delete from {{ arguments['target_relation'] }} as kept
where kept.store_id not in (select starts.store_id from {{ ref('int_stock_rebuild_starts') }} as starts);
insert into {{ arguments['target_relation'] }} ({{ columns }})
select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}
