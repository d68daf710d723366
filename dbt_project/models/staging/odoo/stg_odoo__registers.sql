select
    configs.id as config_id,
    configs.name,
    coalesce('odoo:' || types.warehouse_id, companies.store_id) as store_id,
    coalesce(currencies.name, companies.currency) as currency
from {{ source('raw_odoo', 'pos_config') }} as configs
left join {{ ref('stg_odoo__companies') }} as companies on configs.company_id = companies.company_id
left join {{ ref('stg_odoo__operation_types') }} as types on configs.picking_type_id = types.operation_type_id
left join {{ source('raw_odoo', 'res_currency') }} as currencies on configs.currency_id = currencies.id
