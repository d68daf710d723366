{{ config(severity='warn') }}

select
    source,
    check_name,
    store_id,
    business_date,
    product_id,
    ours,
    theirs
from {{ ref('fct_reconciliation_differences') }}
where check_name like '%_with_source'
