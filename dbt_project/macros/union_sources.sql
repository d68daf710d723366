{#- Tables of the retail model that a source has nothing for, so that it has no staging model for them. -#}
{% macro tables_lacking_in(source) -%}
    {%- set lacking = {
        'files': ['reported_sales_daily', 'reported_stock'],
        'odoo': ['prices'],
        'erpnext': ['promotions'],
        'ospos': ['purchase_orders', 'purchase_order_lines', 'prices', 'promotions', 'exchange_rates'],
        'inventree': [
            'sales', 'sale_lines', 'payments', 'stock_movements', 'prices', 'promotions', 'reported_sales_daily'
        ],
    } -%}
    {{ return(lacking.get(source, [])) }}
{%- endmacro %}

{#- One table of the retail model: the staging models of every connected source, in the columns of the model's contract.
    Without a source that has it, it is typed and empty. -#}
{% macro union_sources(table) -%}
    {%- set columns = model.columns.values() | list -%}
    {%- set connected = [] -%}
    {%- for name in var('sources', []) if table not in tables_lacking_in(name) -%}
        {%- do connected.append(name) -%}
    {%- endfor -%}
    {%- for name in connected %}
select
    {%- for column in columns %}
        {%- set value = column.name -%}
        {%- if column.name in ids_needed_in(table) -%}
            {%- set value = "coalesce(" ~ column.name ~ ", '" ~ name ~ ":unknown')" -%}
        {%- endif %}
    cast({{ value }} as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
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
