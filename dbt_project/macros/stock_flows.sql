{#- What a day's stock does between opening and close: the expression once for each flow, with its name for FLOW. -#}
{% macro stock_flows(expression) -%}
{%- for flow in ['received', 'sold', 'returned', 'transferred', 'adjusted'] -%}
{{ expression | replace('FLOW', flow) }}{{ ', ' if not loop.last }}
{%- endfor -%}
{%- endmacro %}
