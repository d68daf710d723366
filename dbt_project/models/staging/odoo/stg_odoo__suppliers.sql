with currencies as (
    select
        terms.partner_id,
        mode(currencies.name) as currency
    from {{ source('raw_odoo', 'product_supplierinfo') }} as terms
    inner join {{ source('raw_odoo', 'res_currency') }} as currencies on terms.currency_id = currencies.id
    group by terms.partner_id
)

select
    'odoo' as source,
    'odoo:' || suppliers.id as supplier_id,
    suppliers.name,
    cast(null as decimal(18, 4)) as supplier_minimum_amount,
    cast(null as varchar) as order_days,
    currencies.currency
from {{ source('raw_odoo', 'supplier') }} as suppliers
left join currencies on suppliers.id = currencies.partner_id
