{{ config(severity='warn') }}

select
    source,
    compared,
    differing
from {{ ref('fct_reconciliations') }}
where
    check_name = 'rates_known'
    and differing > 0
