-- What a till settled of a confirmed sale order counts with the order, at its order date; so do its down payments.
with counted_orders as (
    select id as sale_order_id
    from {{ source('raw_odoo', 'sale_order') }}
    where state in ('sale', 'done')
),

combo_parents as (
    select distinct combo_parent_id
    from {{ source('raw_odoo', 'pos_order_line') }}
    where combo_parent_id is not null
),

no_goods as (
    select
        tip_product_id as product_id,
        'charge' as line_type,
        true as is_of_till
    from {{ source('raw_odoo', 'pos_config') }}
    union distinct
    select
        down_payment_product_id as product_id,
        'charge' as line_type,
        true as is_of_till
    from {{ source('raw_odoo', 'pos_config') }}
    union distinct
    select
        discount_product_id as product_id,
        'discount' as line_type,
        true as is_of_till
    from {{ source('raw_odoo', 'pos_config') }}
    union distinct
    select
        products.product_id,
        'charge' as line_type,
        false as is_of_till
    from {{ ref('stg_odoo__product_units') }} as products
    where products.is_charge
),

special_products as (
    select
        product_id,
        min(line_type) as line_type,
        bool_or(is_of_till) as is_of_till
    from no_goods
    where product_id is not null
    group by product_id
),

pos_lines as (
    select
        'odoo:pos-line-' || lines.id as sale_line_id,
        'odoo:pos-' || lines.order_id as sale_id,
        lines.product_id,
        lines.qty as quantity,
        lines.price_unit,
        lines.discount,
        -- Refunds at the till of 19 keep positive amounts, so the sign is that of what was rung up.
        case
            when lines.qty * lines.price_unit < 0 then -1
            when lines.qty * lines.price_unit = 0 and lines.qty < 0 then -1
            else 1
        end as sign,
        abs(lines.price_subtotal) as net_amount,
        abs(lines.price_subtotal_incl) as gross_amount,
        case
            when lines.is_total_cost_computed and lines.qty <> 0
                then abs(lines.total_cost) / abs(lines.qty)
        end as unit_cost,
        lines.tax_ids,
        lines.reward_id,
        case
            -- A refund in the back office copies the order's number, but gives back what the order counted.
            when
                counted_orders.sale_order_id is not null
                and (lines.refunded_orderline_id is null or special_products.is_of_till)
                then 'adjustment'
            when coalesce(lines.is_reward_line, false) or lines.reward_id is not null then 'discount'
            when special_products.line_type is not null then special_products.line_type
            when
                (combo_parents.combo_parent_id is not null or coalesce(products.is_combo, false))
                and lines.price_subtotal_incl = 0
                then 'adjustment'
            when combo_parents.combo_parent_id is not null or coalesce(products.is_combo, false) then 'combo'
            else 'goods'
        end as line_type
    from {{ source('raw_odoo', 'pos_order_line') }} as lines
    left join counted_orders on lines.sale_order_origin_id = counted_orders.sale_order_id
    left join special_products on lines.product_id = special_products.product_id
    left join combo_parents on lines.id = combo_parents.combo_parent_id
    left join {{ ref('stg_odoo__product_units') }} as products on lines.product_id = products.product_id
),

order_lines as (
    select
        'odoo:order-line-' || lines.id as sale_line_id,
        'odoo:order-' || lines.order_id as sale_id,
        lines.product_id,
        lines.product_uom_qty * coalesce(cast(units.size as double) / products.unit_size, 1) as quantity,
        lines.price_unit / coalesce(cast(units.size as double) / products.unit_size, 1) as price_unit,
        coalesce(lines.discount, 0) as discount,
        1 as sign,
        lines.price_subtotal as net_amount,
        lines.price_total as gross_amount,
        lines.purchase_price / coalesce(cast(units.size as double) / products.unit_size, 1) as unit_cost,
        lines.tax_ids,
        lines.reward_id,
        case
            when coalesce(lines.is_reward_line, false) or lines.reward_id is not null then 'discount'
            when coalesce(lines.is_downpayment, false) or coalesce(lines.is_delivery, false) then 'charge'
            when special_products.line_type is not null then special_products.line_type
            when coalesce(products.is_combo, false) and lines.price_total = 0 then 'adjustment'
            when coalesce(products.is_combo, false) then 'combo'
            else 'goods'
        end as line_type
    from {{ source('raw_odoo', 'sale_order_line') }} as lines
    left join {{ source('raw_odoo', 'uom_uom') }} as units on lines.product_uom_id = units.id
    left join {{ ref('stg_odoo__product_units') }} as products on lines.product_id = products.product_id
    left join special_products on lines.product_id = special_products.product_id
    where
        lines.display_type is null
        and lines.product_id is not null
),

together as (
    select
        sale_line_id,
        sale_id,
        product_id,
        quantity,
        price_unit,
        discount,
        sign,
        net_amount,
        gross_amount,
        unit_cost,
        tax_ids,
        reward_id,
        line_type
    from pos_lines
    union all
    select
        sale_line_id,
        sale_id,
        product_id,
        quantity,
        price_unit,
        discount,
        sign,
        net_amount,
        gross_amount,
        unit_cost,
        tax_ids,
        reward_id,
        line_type
    from order_lines
),

-- Of a line that was given away nothing is left to work its discount out from but its price, which may hold taxes.
given_away as (
    select
        sale_line_id,
        cast(unnest(string_split(tax_ids, ',')) as bigint) as tax_id
    from together
    where discount >= 100
),

included_rates as (
    select
        given_away.sale_line_id,
        sum(taxes.amount) / 100 as tax_rate
    from given_away
    inner join {{ source('raw_odoo', 'account_tax') }} as taxes on given_away.tax_id = taxes.id
    where
        taxes.price_include
        and taxes.amount_type = 'percent'
    group by given_away.sale_line_id
)

select
    'odoo' as source,
    together.sale_line_id,
    together.sale_id,
    sales.store_id,
    'odoo:' || together.product_id as product_id,
    sales.sold_at,
    cast(case when together.line_type = 'combo' then 0 else together.quantity end as decimal(18, 4)) as quantity,
    cast(together.price_unit as decimal(18, 4)) as unit_price,
    cast(
        case
            when together.discount >= 100
                then together.quantity * together.price_unit / (1 + coalesce(included_rates.tax_rate, 0))
            else together.sign * together.net_amount * together.discount / (100 - together.discount)
        end as decimal(18, 4)
    ) as discount_amount,
    cast(together.sign * together.net_amount as decimal(18, 4)) as net_amount,
    cast(together.sign * (together.gross_amount - together.net_amount) as decimal(18, 4)) as tax_amount,
    cast(together.sign * together.gross_amount as decimal(18, 4)) as gross_amount,
    cast(together.unit_cost as decimal(18, 4)) as unit_cost,
    'odoo:' || rewards.program_id as promotion_id,
    sales.customer_id,
    sales.channel,
    case when together.line_type = 'combo' then 'goods' else together.line_type end as line_type
from together
inner join {{ ref('stg_odoo__sales') }} as sales on together.sale_id = sales.sale_id
left join included_rates on together.sale_line_id = included_rates.sale_line_id
left join {{ source('raw_odoo', 'loyalty_reward') }} as rewards on together.reward_id = rewards.id
