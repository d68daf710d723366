with named as (
    select
        store_id,
        source,
        store_code,
        name,
        time_zone,
        currency,
        country,
        opened_date,
        closed_date,
        count(*) over (partition by name) as namesakes,
        count(*) over (partition by name, store_code) as twins
    from {{ ref('int_stores_completed') }}
)

select
    store_id,
    case
        when namesakes = 1 then name
        when twins = 1 then name || ' (' || store_code || ')'
        else name || ' (' || store_id || ')'
    end as store,
    store_code,
    source,
    name,
    time_zone,
    currency,
    country,
    opened_date,
    closed_date
from named
