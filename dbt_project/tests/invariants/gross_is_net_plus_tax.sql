{{ config(severity=env_var('TILLSIGHT_INVARIANTS', 'warn')) }}

select
    source,
    compared,
    differing,
    largest_difference
from {{ ref('fct_reconciliations') }}
where
    check_name = 'gross_is_net_plus_tax'
    and differing > 0
