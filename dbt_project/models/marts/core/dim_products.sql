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
)

select
    product_id,
    case
        when namesakes = 1 then name
        when twins = 1 then name || ' (' || sku || ')'
        else name || ' (' || product_id || ')'
    end as product,
    name,
    sku,
    barcode,
    nullif(department, '') as department,
    nullif(category, '') as category,
    category_path,
    brand,
    unit,
    list_price,
    unit_cost,
    tax_rate,
    is_stocked,
    shelf_life_days,
    coalesce(is_active, discontinued_date is null) as is_active,
    variant_of,
    launched_date,
    discontinued_date,
    supplier_id,
    supplier,
    kind,
    source
from named
