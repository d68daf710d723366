with ids as (
    select
        source,
        supplier_id
    from {{ ref('int_supplier_terms_unioned') }}
    union distinct
    select
        source,
        supplier_id
    from {{ ref('int_purchase_orders_unioned') }}
),

made as (
    select
        ids.source,
        ids.supplier_id
    from ids
    where
        ids.supplier_id is not null
        and not exists (
            select 1 from {{ ref('int_suppliers_unioned') }} as declared
            where declared.supplier_id = ids.supplier_id
        )
)

select
    source,
    supplier_id,
    name,
    supplier_minimum_amount,
    order_days,
    currency
from {{ ref('int_suppliers_unioned') }}
union all by name
select
    source,
    supplier_id
from made
