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

-- The newest rate: the minimum is about the next order.
select
    counted.supplier_id,
    case
        when counted.namesakes = 1 then counted.name else counted.name || ' (' || counted.supplier_id || ')'
    end as supplier,
    counted.source,
    counted.supplier_minimum_amount,
    {{ reporting_amount(
        'counted.supplier_minimum_amount', reporting_rate('coalesce(counted.currency, workspace.reporting_currency)')
    ) }} as minimum_order_amount,
    counted.order_days,
    counted.currency,
    counted.products,
    counted.mean_agreed_lead_time_days
from counted
{{ join_rates('counted.currency', 'workspace.as_of_date') }}
