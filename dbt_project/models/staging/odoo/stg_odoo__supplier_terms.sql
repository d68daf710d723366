-- Terms are agreed for a variant or for all variants of a template, per unit of purchase, in steps and for a time.
with terms as (
    select
        terms.partner_id,
        products.product_id,
        terms.product_id is not null as is_of_variant,
        -- Confirming a purchase order leaves a row with a delay of 0: a price, but no promise.
        nullif(terms.delay, 0) as lead_time_days,
        coalesce(terms.min_qty, 0) as min_qty,
        terms.price * (1 - coalesce(terms.discount, 0) / 100) as price,
        coalesce(terms.sequence, 0) as sequence,
        terms.id,
        coalesce(cast(units.size as double), products.purchase_unit_size) / products.unit_size as unit_factor
    from {{ source('raw_odoo', 'product_supplierinfo') }} as terms
    inner join {{ ref('stg_odoo__product_units') }} as products
        on
            terms.product_id = products.product_id
            or (terms.product_id is null and terms.product_tmpl_id = products.template_id)
    left join {{ source('raw_odoo', 'uom_uom') }} as units on terms.product_uom_id = units.id
    where
        coalesce(terms.date_start, date '1900-01-01') <= current_date
        and coalesce(terms.date_end, date '9999-12-31') >= current_date
),

ranked as (
    select
        partner_id,
        product_id,
        lead_time_days,
        min_qty,
        price,
        coalesce(unit_factor, 1) as unit_factor,
        row_number() over (
            partition by partner_id, product_id
            order by lead_time_days is null, not is_of_variant, sequence, min_qty, id
        ) as rank_of_supplier,
        row_number() over (
            partition by product_id
            order by lead_time_days is null, sequence, min_qty, price, id
        ) as rank_of_product
    from terms
)

select
    'odoo' as source,
    'odoo:' || partner_id as supplier_id,
    'odoo:' || product_id as product_id,
    cast(lead_time_days as integer) as lead_time_days,
    cast(nullif(min_qty * unit_factor, 0) as decimal(18, 4)) as moq,
    cast(case when unit_factor > 1 then unit_factor end as decimal(18, 4)) as pack_size,
    cast(price / unit_factor as decimal(18, 4)) as unit_cost,
    cast(null as varchar) as order_days,
    rank_of_product = min(rank_of_product) over (partition by product_id) as is_preferred
from ranked
where rank_of_supplier = 1
