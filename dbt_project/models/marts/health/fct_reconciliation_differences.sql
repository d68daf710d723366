with differences as (
    select
        check_name,
        source,
        unnest(differences) as found
    from {{ ref('int_reconciliation_checks') }}
)

select
    listed.source,
    listed.check_name,
    listed.found.store_id,
    listed.found.business_date,
    listed.found.product_id,
    listed.found.sale_id,
    listed.found.currency,
    {{ as_amount('listed.found.ours') }} as ours,
    {{ as_amount('listed.found.theirs') }} as theirs,
    {{ as_amount('listed.found.ours - listed.found.theirs') }} as difference
from differences as listed
