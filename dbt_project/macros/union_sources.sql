{#- One table of the retail model: the staging models of every connected source, in the columns of the model's contract.
    Without a source it is typed and empty. Every source has a staging model for every table of the model. -#}
{% macro union_sources(table) -%}
    {%- set columns = model.columns.values() | list -%}
    {%- set connected = var('sources', []) -%}
    {%- for name in connected %}
select
    {%- for column in columns %}
    cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('stg_' ~ name ~ '__' ~ table) }}
        {%- if not loop.last %}
union all
        {%- endif %}
    {%- endfor %}
    {%- if not connected %}
select
    {%- for column in columns %}
    cast(null as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
    {%- endfor %}
where false
    {%- endif %}
{%- endmacro %}
