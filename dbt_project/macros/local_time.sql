{#- Store time of a UTC moment, as a timestamp without a zone. The offset of a whole day comes from int_time_zone_days;
    on days when clocks change it is null and DuckDB's time-zone tables decide, which is ten times slower. -#}
{% macro local_time(moment, time_zone, offset_microseconds) -%}
case
    when {{ offset_microseconds }} is not null then make_timestamp(epoch_us({{ moment }}) + {{ offset_microseconds }})
    else timezone({{ time_zone }}, {{ moment }})
end
{%- endmacro %}

{#- Number of the UTC day of a moment, counted from 1970-01-01. -#}
{% macro utc_day(moment) -%}
epoch_us({{ moment }}) // 86400000000
{%- endmacro %}
