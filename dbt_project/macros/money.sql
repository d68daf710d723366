{#- An amount in the reporting currency; null where the rate is missing. Most amounts need no conversion. -#}
{% macro reporting_amount(amount, rate) -%}
case when {{ rate }} = 1 then {{ amount }} else cast({{ amount }} * {{ rate }} as decimal(18, 4)) end
{%- endmacro %}

{#- Money and quantities have 18 digits, 4 of them after the point. -#}
{% macro as_amount(expression) -%}
cast({{ expression }} as decimal(18, 4))
{%- endmacro %}

{#- Joins each row to the workspace and to the rate of its currency on its day (`rates`). -#}
{% macro join_rates(currency, day) -%}
cross join {{ ref('int_workspace') }} as workspace
left join {{ ref('int_exchange_rates_daily') }} as rates
    on
        {{ currency }} = rates.currency
        and {{ day }} = rates.rate_date
{%- endmacro %}

{#- Rate into the reporting currency; null where it is missing. Needs join_rates. -#}
{% macro reporting_rate(currency) -%}
case when {{ currency }} = workspace.reporting_currency then cast(1 as decimal(18, 8)) else rates.rate end
{%- endmacro %}
