with recursive paths as (
    select
        id as category_id,
        name as path
    from {{ source('raw_odoo', 'product_category') }}
    where parent_id is null
    union all
    select
        categories.id as category_id,
        paths.path || ' > ' || categories.name as path
    from {{ source('raw_odoo', 'product_category') }} as categories
    inner join paths on categories.parent_id = paths.category_id
),

-- A product belongs to one company or to all; then the first company's tax is taken, and the first cost that is one.
ranked_costs as (
    select
        costs.product_id,
        costs.standard_price,
        costs.list_price,
        costs.display_name,
        (
            costs.standard_price = 0, costs.company_id is distinct from templates.company_id, costs.company_id
        ) as preference
    from {{ source('raw_odoo', 'product_cost') }} as costs
    inner join {{ source('raw_odoo', 'product_product') }} as products on costs.product_id = products.id
    inner join {{ source('raw_odoo', 'product_template') }} as templates on products.product_tmpl_id = templates.id
),

costs as (
    select
        product_id,
        arg_min(standard_price, preference) as cost,
        arg_min(list_price, preference) as list_price,
        any_value(display_name) as display_name
    from ranked_costs
    group by product_id
),

template_taxes as (
    select
        id as template_id,
        company_id,
        cast(unnest(string_split(taxes_id, ',')) as bigint) as tax_id
    from {{ source('raw_odoo', 'product_template') }}
),

company_rates as (
    select
        template_taxes.template_id,
        taxes.company_id,
        any_value(template_taxes.company_id) as own_company_id,
        sum(taxes.amount) / 100 as tax_rate
    from template_taxes
    inner join {{ source('raw_odoo', 'account_tax') }} as taxes on template_taxes.tax_id = taxes.id
    where taxes.amount_type = 'percent'
    group by template_taxes.template_id, taxes.company_id
),

rates as (
    select
        template_id,
        arg_min(tax_rate, (company_id is distinct from own_company_id, company_id)) as tax_rate
    from company_rates
    group by template_id
),

variants as (
    select
        product_tmpl_id,
        count(*) as variants
    from {{ source('raw_odoo', 'product_product') }}
    group by product_tmpl_id
),

charges as (
    select tip_product_id as product_id
    from {{ source('raw_odoo', 'pos_config') }}
    union distinct
    select down_payment_product_id as product_id
    from {{ source('raw_odoo', 'pos_config') }}
    union distinct
    select product_id
    from {{ ref('stg_odoo__product_units') }}
    where is_charge
)

select
    'odoo' as source,
    'odoo:' || products.id as product_id,
    products.default_code as sku,
    products.barcode,
    -- The name of a variant says its attributes; the code before it is the SKU.
    case
        when starts_with(costs.display_name, '[' || products.default_code || '] ')
            then substr(costs.display_name, length(products.default_code) + 4)
        else coalesce(costs.display_name, templates.name)
    end as name,
    paths.path as category_path,
    cast(null as varchar) as brand,
    units.name as unit,
    coalesce(costs.list_price, templates.list_price) as list_price,
    costs.cost,
    cast(rates.tax_rate as decimal(9, 6)) as tax_rate,
    coalesce(templates.is_storable, templates.type = 'product') as is_stocked,
    cast(null as integer) as shelf_life_days,
    coalesce(products.active, true) and coalesce(templates.active, true) as is_active,
    case when variants.variants > 1 then 'odoo:template-' || templates.id end as variant_of,
    cast(null as date) as launched_date,
    cast(null as date) as discontinued_date,
    case when charges.product_id is not null then 'charge' else 'goods' end as kind
from {{ source('raw_odoo', 'product_product') }} as products
inner join {{ source('raw_odoo', 'product_template') }} as templates on products.product_tmpl_id = templates.id
left join variants on templates.id = variants.product_tmpl_id
left join costs on products.id = costs.product_id
left join paths on templates.categ_id = paths.category_id
left join {{ source('raw_odoo', 'uom_uom') }} as units on templates.uom_id = units.id
left join rates on templates.id = rates.template_id
left join charges on products.id = charges.product_id
