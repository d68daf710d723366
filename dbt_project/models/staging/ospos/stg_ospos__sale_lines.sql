with config as (
    select coalesce(try_cast(max(value) as integer), 0) as decimals
    from {{ source('raw_ospos', 'app_config') }}
    where name = 'currency_decimals'
),

taxes as (
    select
        sale_id,
        item_id,
        line,
        sum(item_tax_amount) as tax_amount,
        sum(item_tax_amount) filter (where tax_type = 0) as included_amount,
        sum(percent) filter (where tax_type = 0) as included_percent
    from {{ source('raw_ospos', 'sales_items_taxes') }}
    group by sale_id, item_id, line
),

-- The scales that OSPOS has, so that products of three numbers stay exact, and room for the largest.
priced as (
    select
        lines.sale_id,
        lines.item_id,
        lines.line,
        lines.item_location,
        lines.item_unit_price as unit_price,
        lines.item_cost_price as unit_cost,
        lines.discount_type,
        lines.quantity_purchased as quantity,
        cast(lines.quantity_purchased as decimal(20, 3)) * cast(lines.item_unit_price as decimal(15, 2)) as full_amount,
        cast(lines.quantity_purchased as decimal(20, 3)) * cast(lines.discount as decimal(15, 2)) as fixed_discount,
        cast(lines.quantity_purchased as decimal(20, 3)) * cast(lines.item_unit_price as decimal(15, 2))
        * cast(lines.discount as decimal(15, 2)) * 0.01 as percent_discount
    from {{ source('raw_ospos', 'sales_items') }} as lines
),

discounted as (
    select
        priced.sale_id,
        priced.item_id,
        priced.line,
        priced.item_location,
        priced.quantity,
        priced.unit_price,
        priced.unit_cost,
        priced.full_amount,
        case
            when priced.discount_type <> 0 then cast(priced.fixed_discount as decimal(30, 4))
            {%- for decimals in range(4) %}
            when config.decimals = {{ decimals }}
                then try_cast(round(priced.percent_discount, {{ decimals }}) as decimal(30, 4))
            {%- endfor %}
            else try_cast(round(priced.percent_discount, 4) as decimal(30, 4))
        end as discount
    from priced
    cross join config
),

taxed as (
    select
        lines.sale_id,
        lines.item_id,
        lines.line,
        lines.item_location,
        lines.quantity,
        lines.unit_price,
        lines.unit_cost,
        lines.full_amount - lines.discount as amount,
        try_cast(lines.discount / (1 + coalesce(taxes.included_percent, 0) / 100) as decimal(18, 4)) as discount_amount,
        coalesce(taxes.tax_amount, 0) as tax_amount,
        coalesce(taxes.included_amount, 0) as included_amount
    from discounted as lines
    left join taxes
        on
            lines.sale_id = taxes.sale_id
            and lines.item_id = taxes.item_id
            and lines.line = taxes.line
),

goods as (
    select
        taxed.sale_id || ':' || taxed.item_id || ':' || taxed.line as sale_line_id,
        taxed.sale_id,
        taxed.item_location,
        cast(taxed.item_id as varchar) as product_id,
        taxed.quantity,
        taxed.unit_price,
        taxed.discount_amount,
        try_cast(taxed.amount - taxed.included_amount as decimal(18, 4)) as net_amount,
        cast(taxed.tax_amount as decimal(18, 4)) as tax_amount,
        taxed.unit_cost,
        'goods' as line_type
    from taxed
),

-- Paid in cash, a total is rounded to the coins there are.
rounding as (
    select
        payments.sale_id || ':rounding:' || payments.payment_id as sale_line_id,
        payments.sale_id,
        'cash_rounding' as product_id,
        1 as quantity,
        payments.payment_amount - payments.cash_refund as unit_price,
        payments.payment_amount - payments.cash_refund as net_amount,
        0 as tax_amount,
        'charge' as line_type
    from {{ source('raw_ospos', 'sales_payments') }} as payments
    where payments.cash_adjustment = 1
),

together as (
    select
        sale_line_id,
        sale_id,
        item_location,
        product_id,
        quantity,
        unit_price,
        discount_amount,
        net_amount,
        tax_amount,
        unit_cost,
        line_type
    from goods
    union all by name
    select
        sale_line_id,
        sale_id,
        product_id,
        quantity,
        unit_price,
        net_amount,
        tax_amount,
        line_type
    from rounding
)

select
    sales.source,
    'ospos:' || together.sale_line_id as sale_line_id,
    sales.sale_id,
    coalesce('ospos:' || together.item_location, sales.store_id) as store_id,
    'ospos:' || together.product_id as product_id,
    sales.sold_at,
    together.quantity,
    together.unit_price,
    together.discount_amount,
    together.net_amount,
    together.tax_amount,
    together.net_amount + together.tax_amount as gross_amount,
    together.unit_cost,
    cast(null as varchar) as promotion_id,
    sales.customer_id,
    sales.channel,
    together.line_type
from together
inner join {{ ref('stg_ospos__sales') }} as sales on sales.sale_id = 'ospos:' || together.sale_id
