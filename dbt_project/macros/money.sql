{#- An amount in the reporting currency; null where the rate is missing. Most amounts need no conversion. -#}
{% macro reporting_amount(amount, rate) -%}
case when {{ rate }} = 1 then {{ amount }} else cast({{ amount }} * {{ rate }} as decimal(18, 4)) end
{%- endmacro %}

{#- Money and quantities have 18 digits, 4 of them after the point. -#}
{% macro as_amount(expression) -%}
cast({{ expression }} as decimal(18, 4))
{%- endmacro %}
