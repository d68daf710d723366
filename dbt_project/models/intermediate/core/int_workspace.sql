with moments as (
    select max(sold_at) as newest_at
    from {{ ref('int_sale_lines_unioned') }}
    where sold_at <= now()
),

workspace as (
    select
        raw_workspace.workspace,
        coalesce(raw_workspace.as_of_at, moments.newest_at, now()) as as_of_at,
        raw_workspace.reporting_currency,
        raw_workspace.default_time_zone
    from {{ source('raw_tillsight', 'workspace') }} as raw_workspace
    cross join moments
)

select
    workspace,
    cast(as_of_at as timestamp with time zone) as as_of_at,
    cast(timezone(default_time_zone, as_of_at) as date) as as_of_date,
    reporting_currency,
    default_time_zone
from workspace
