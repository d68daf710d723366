select
    products.id as product_id,
    products.product_tmpl_id as template_id,
    templates.type = 'combo' as is_combo,
    templates.type = 'service' and {{ names_a_charge('templates.name') }} as is_charge,
    cast(units.size as double) as unit_size,
    cast(coalesce(purchase_units.size, units.size) as double) as purchase_unit_size
from {{ source('raw_odoo', 'product_product') }} as products
inner join {{ source('raw_odoo', 'product_template') }} as templates on products.product_tmpl_id = templates.id
left join {{ source('raw_odoo', 'uom_uom') }} as units on templates.uom_id = units.id
left join {{ source('raw_odoo', 'uom_uom') }} as purchase_units on templates.uom_po_id = purchase_units.id
