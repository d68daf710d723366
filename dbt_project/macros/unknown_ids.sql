{#- Columns of a table that every row needs. A source may leave one empty all the same: a sale of a store or a product
    that was deleted, an order without a warehouse. Such rows count, under an id of their own. -#}
{% macro ids_needed_in(table) -%}
    {%- set needed = {
        'sales': ['store_id'],
        'sale_lines': ['product_id'],
        'purchase_orders': ['store_id'],
        'receipts': ['store_id'],
        'reported_sales_daily': ['store_id'],
    } -%}
    {{ return(needed.get(table, [])) }}
{%- endmacro %}
