-- depends_on: {{ ref('int_stock_days_current') }}
{% set built = built_relation('intermediate', 'int_stock_days_built') %}
{% set stock_daily = built_relation('marts', 'fct_stock_daily') %}
with changed as (
    {% if built is not none %}
    select
        coalesce(now.store_id, before.store_id) as store_id,
        min(coalesce(now.business_date, before.business_date)) as first_date
    from {{ ref('int_stock_days_current') }} as now
    full outer join {{ built }} as before
        on
            now.part = before.part
            and now.store_id = before.store_id
            and now.business_date = before.business_date
    where
        now.row_count is distinct from before.row_count
        or now.fingerprint is distinct from before.fingerprint
    group by coalesce(now.store_id, before.store_id)
    {% else %}
    select
        '' as store_id,
        date '1900-01-01' as first_date
    {% endif %}
),

-- The last day that was built was perhaps not over, and needs its successors.
last_days as (
    {% if stock_daily is not none %}
    select
        store_id,
        max(business_date) as last_date
    from {{ stock_daily }}
    group by store_id
    {% else %}
    select
        cast(null as varchar) as store_id,
        cast(null as date) as last_date
    where false
    {% endif %}
),

everywhere as (
    select min(first_date) as first_date
    from changed
    where store_id = ''
)

select
    stores.store_id,
    least(
        stores.as_of_date,
        changed.first_date,
        everywhere.first_date,
        coalesce(last_days.last_date, date '1900-01-01')
    ) as rebuild_from_date
from {{ ref('int_stores_completed') }} as stores
cross join everywhere
left join changed on stores.store_id = changed.store_id
left join last_days on stores.store_id = last_days.store_id
