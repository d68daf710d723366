with ids as (
    select
        source,
        store_id
    from {{ ref('int_sale_lines_unioned') }}
    union distinct
    select
        source,
        store_id
    from {{ ref('int_sales_unioned') }}
    union distinct
    select
        source,
        store_id
    from {{ ref('int_stock_movements_unioned') }}
    union distinct
    select
        source,
        store_id
    from {{ ref('int_stock_levels_unioned') }}
    union distinct
    select
        source,
        store_id
    from {{ ref('int_purchase_orders_unioned') }}
    union distinct
    select
        source,
        store_id
    from {{ ref('int_receipts_unioned') }}
),

declared as (
    select
        store_id,
        source,
        name,
        time_zone,
        currency,
        country,
        opened_date,
        closed_date
    from {{ ref('int_stores_unioned') }}
),

made as (
    select
        ids.store_id,
        ids.source
    from ids
    where
        ids.store_id is not null
        and not exists (
            select 1 from declared
            where declared.store_id = ids.store_id
        )
),

together as (
    select
        store_id,
        source,
        name,
        time_zone,
        currency,
        country,
        opened_date,
        closed_date
    from declared
    union all by name
    select
        store_id,
        source
    from made
),

zones as (
    select name from pg_timezone_names()
),

completed as (
    select
        together.store_id,
        together.source,
        substr(together.store_id, length(together.source) + 2) as store_code,
        together.name,
        coalesce(zones.name, workspace.default_time_zone) as time_zone,
        coalesce(together.currency, workspace.reporting_currency) as currency,
        together.country,
        together.opened_date,
        together.closed_date,
        workspace.as_of_at
    from together
    cross join {{ ref('int_workspace') }} as workspace
    left join zones on together.time_zone = zones.name
)

select
    store_id,
    source,
    store_code,
    coalesce(name, store_code) as name,
    time_zone,
    currency,
    country,
    opened_date,
    closed_date,
    cast(timezone(time_zone, as_of_at) as date) as as_of_date
from completed
