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

{#- The moment of a row in its store's time; needs join_store_time. -#}
{% macro store_time(moment) -%}
{{ local_time(moment, 'stores.time_zone', 'zone_days.offset_microseconds') }}
{%- endmacro %}

{#- Joins each row to its store (`stores`) and to the offset of its day there (`zone_days`). -#}
{% macro join_store_time(rows, moment) -%}
inner join {{ ref('int_stores_completed') }} as stores on {{ rows }}.store_id = stores.store_id
left join {{ ref('int_time_zone_days') }} as zone_days
    on
        stores.time_zone = zone_days.time_zone
        and {{ utc_day(rows ~ '.' ~ moment) }} = zone_days.utc_day
{%- endmacro %}
