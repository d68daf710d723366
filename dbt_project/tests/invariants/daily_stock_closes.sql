{{ config(severity=env_var('TILLSIGHT_INVARIANTS', 'warn')) }}

select
    source,
    compared,
    differing,
    largest_difference
from {{ ref('fct_reconciliations') }}
where
    check_name = 'daily_stock_closes'
    and differing > 0
