{#- Share of a day that lies before an hour with fraction, from 25 shares by full hour (midnight first), straight lines
    between them. -#}
{% macro share_until(shares, at_hour) -%}
(
    {{ shares }}[1 + cast(least(floor({{ at_hour }}), 23) as integer)]
    + ({{ at_hour }} - least(floor({{ at_hour }}), 23)) * (
        {{ shares }}[2 + cast(least(floor({{ at_hour }}), 23) as integer)]
        - {{ shares }}[1 + cast(least(floor({{ at_hour }}), 23) as integer)]
    )
)
{%- endmacro %}
