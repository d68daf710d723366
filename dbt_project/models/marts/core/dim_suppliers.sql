with named as (
    select
        supplier_id,
        source,
        coalesce(name, substr(supplier_id, length(source) + 2)) as name,
        supplier_minimum_amount,
        order_days,
        currency
    from {{ ref('int_suppliers_completed') }}
),

terms as (
    select
        supplier_id,
        cast(count(*) as integer) as products,
        cast(avg(lead_time_days) as double) as mean_agreed_lead_time_days
    from {{ ref('int_supplier_terms_unioned') }}
    group by supplier_id
),

counted as (
    select
        named.supplier_id,
        named.source,
        named.name,
        named.supplier_minimum_amount,
        named.order_days,
        named.currency,
        coalesce(terms.products, 0) as products,
        terms.mean_agreed_lead_time_days,
        count(*) over (partition by named.name) as namesakes
    from named
    left join terms on named.supplier_id = terms.supplier_id
)

select
    supplier_id,
    case when namesakes = 1 then name else name || ' (' || supplier_id || ')' end as supplier,
    source,
    supplier_minimum_amount,
    order_days,
    currency,
    products,
    mean_agreed_lead_time_days
from counted
