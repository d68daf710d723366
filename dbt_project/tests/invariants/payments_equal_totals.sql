{{ config(severity=env_var('TILLSIGHT_INVARIANTS', 'warn')) }}

select
    source,
    compared,
    differing,
    largest_difference
from {{ ref('fct_reconciliations') }}
where
    check_name = 'payments_equal_totals'
    and differing > 0
