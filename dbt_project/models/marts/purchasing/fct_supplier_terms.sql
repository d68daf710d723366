-- The newest rate: terms are about the next order.
select
    terms.supplier_id,
    terms.product_id,
    terms.source,
    terms.lead_time_days,
    terms.order_days,
    terms.moq,
    terms.pack_size,
    {{ reporting_amount(
        'terms.unit_cost', reporting_rate('coalesce(suppliers.currency, workspace.reporting_currency)')
    ) }} as unit_cost,
    coalesce(terms.is_preferred, false) as is_preferred
from {{ ref('int_supplier_terms_unioned') }} as terms
inner join {{ ref('dim_suppliers') }} as suppliers on terms.supplier_id = suppliers.supplier_id
{{ join_rates('suppliers.currency', 'workspace.as_of_date') }}
