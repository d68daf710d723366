with suppliers as (
    select
        terms.product_id,
        arg_min(
            terms.supplier_id,
            (not coalesce(terms.is_preferred, false), coalesce(terms.lead_time_days, 1000000), terms.supplier_id)
        ) as supplier_id,
        arg_min(
            terms.unit_cost,
            (not coalesce(terms.is_preferred, false), coalesce(terms.lead_time_days, 1000000), terms.supplier_id)
        ) as unit_cost
    from {{ ref('int_supplier_terms_unioned') }} as terms
    group by terms.product_id
),

latest_costs as (
    select
        product_id,
        arg_max(unit_cost, valid_from_date) as unit_cost,
        bool_or(is_received) as is_received
    from {{ ref('int_product_costs') }}
    group by product_id
),

named as (
    select
        products.product_id,
        products.name,
        products.sku,
        products.barcode,
        trim(split_part(products.category_path, '>', 1)) as department,
        trim(split_part(products.category_path, '>', -1)) as category,
        products.category_path,
        products.brand,
        products.unit,
        products.list_price,
        coalesce(
            products.cost,
            case when latest_costs.is_received then latest_costs.unit_cost end,
            suppliers.unit_cost,
            latest_costs.unit_cost
        ) as unit_cost,
        products.tax_rate,
        products.is_stocked,
        products.shelf_life_days,
        products.is_active,
        products.variant_of,
        products.launched_date,
        products.discontinued_date,
        suppliers.supplier_id,
        dim_suppliers.supplier,
        products.kind,
        products.source,
        count(*) over (partition by products.name) as namesakes,
        count(*) over (partition by products.name, products.sku) as twins
    from {{ ref('int_products_completed') }} as products
    left join suppliers on products.product_id = suppliers.product_id
    left join latest_costs on products.product_id = latest_costs.product_id
    left join {{ ref('dim_suppliers') }} as dim_suppliers on suppliers.supplier_id = dim_suppliers.supplier_id
),

labels as (
    select
        product_id,
        case
            when namesakes = 1 then name
            when twins = 1 and sku is not null then name || ' (' || sku || ')'
            else name || ' (' || product_id || ')'
        end as label
    from named
),

-- a product may be called what the label of another comes out as
repeated as (
    select label
    from labels
    group by label
    having count(*) > 1
)

select
    named.product_id,
    case when repeated.label is null then labels.label else labels.label || ' (' || named.product_id || ')' end
        as product,
    named.name,
    named.sku,
    named.barcode,
    nullif(named.department, '') as department,
    nullif(named.category, '') as category,
    named.category_path,
    named.brand,
    named.unit,
    named.list_price,
    named.unit_cost,
    named.tax_rate,
    named.is_stocked,
    named.shelf_life_days,
    coalesce(named.is_active, named.discontinued_date is null) as is_active,
    named.variant_of,
    named.launched_date,
    named.discontinued_date,
    named.supplier_id,
    named.supplier,
    named.kind,
    named.source
from named
inner join labels on named.product_id = labels.product_id
left join repeated on labels.label = repeated.label
