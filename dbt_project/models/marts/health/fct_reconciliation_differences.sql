with differences as (
    select
        check_name,
        source,
        unnest(differences, recursive := true)
    from {{ ref('int_reconciliation_checks') }}
)

select
    source,
    check_name,
    store_id,
    business_date,
    product_id,
    sale_id,
    currency,
    {{ as_amount('ours') }} as ours,
    {{ as_amount('theirs') }} as theirs,
    {{ as_amount('ours - theirs') }} as difference
from differences
