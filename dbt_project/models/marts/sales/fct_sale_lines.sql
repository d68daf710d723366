{{ config(materialized='incremental', incremental_strategy='store_days', on_schema_change='fail') }}

-- Filtering the tickets first keeps an incremental run from working on every line.
with sales as (
    select
        sales.sale_id,
        sales.store_id,
        sales.customer_id,
        sales.channel,
        sales.sold_at,
        sales.business_date,
        sales.hour,
        sales.weekday,
        sales.currency,
        sales.reporting_rate
    from {{ ref('int_sales_counted') }} as sales
    where {{ in_changed_store_day('sales') }}
),

goods_lines as not materialized (
    select
        lines.sale_id,
        lines.quantity
    from {{ ref('int_sale_lines_unioned') }} as lines
    left join {{ ref('int_products_completed') }} as products on lines.product_id = products.product_id
    where
        coalesce(lines.line_type, 'goods') = 'goods'
        and products.kind = 'goods'
),

returned as (
    select distinct sale_id
    from goods_lines
    where quantity < 0
),

returned_and_sold as (
    select distinct goods_lines.sale_id
    from goods_lines
    inner join returned on goods_lines.sale_id = returned.sale_id
    where goods_lines.quantity >= 0
),

promotions as (
    select
        promotion_id,
        min(name) as promotion
    from {{ ref('int_promotions_unioned') }}
    group by promotion_id
),

typed as not materialized (
    select
        lines.sale_line_id,
        lines.sale_id,
        lines.source,
        lines.product_id,
        lines.customer_id,
        lines.promotion_id,
        lines.quantity,
        lines.unit_price,
        lines.discount_amount,
        lines.unit_cost,
        case
            when lines.line_type = 'discount' then 'discount'
            when lines.line_type = 'charge' or products.kind = 'charge' then 'charge'
            else 'goods'
        end as line_type,
        coalesce(
            lines.net_amount,
            lines.gross_amount - lines.tax_amount,
            {{ as_amount('lines.gross_amount / (1 + products.tax_rate)') }},
            lines.gross_amount
        ) as net_amount,
        coalesce(
            lines.tax_amount,
            lines.gross_amount - lines.net_amount,
            lines.gross_amount - {{ as_amount('lines.gross_amount / (1 + products.tax_rate)') }}
        ) as tax_amount
    from {{ ref('int_sale_lines_unioned') }} as lines
    left join {{ ref('int_products_completed') }} as products on lines.product_id = products.product_id
    where lines.line_type is distinct from 'adjustment'
),

placed as not materialized (
    select
        typed.sale_line_id,
        typed.sale_id,
        typed.source,
        sales.store_id,
        typed.product_id,
        coalesce(typed.customer_id, sales.customer_id) as customer_id,
        typed.promotion_id,
        coalesce(promotions.promotion, substr(typed.promotion_id, length(typed.source) + 2)) as promotion,
        sales.channel,
        sales.sold_at,
        sales.business_date,
        sales.hour,
        sales.weekday,
        typed.line_type,
        typed.quantity,
        typed.line_type = 'goods' as is_goods,
        typed.line_type = 'charge' as is_charge,
        typed.unit_price,
        case
            when typed.line_type = 'goods' then typed.discount_amount
            when typed.line_type = 'discount' then -typed.net_amount
        end as discount_amount,
        typed.net_amount,
        typed.tax_amount,
        {{ as_amount('typed.unit_cost * typed.quantity') }} as cost_amount,
        returned.sale_id is not null and returned_and_sold.sale_id is null as is_return_only_ticket,
        sales.currency,
        sales.reporting_rate
    from typed
    inner join sales on typed.sale_id = sales.sale_id
    left join promotions on typed.promotion_id = promotions.promotion_id
    left join returned on typed.sale_id = returned.sale_id
    left join returned_and_sold on typed.sale_id = returned_and_sold.sale_id
),

reported as not materialized (
    select
        sale_line_id,
        sale_id,
        source,
        store_id,
        product_id,
        customer_id,
        promotion_id,
        promotion,
        channel,
        sold_at,
        business_date,
        hour,
        weekday,
        line_type,
        quantity,
        is_goods,
        is_charge,
        {{ reporting_amount('unit_price', 'reporting_rate') }} as unit_price,
        {{ reporting_amount('discount_amount', 'reporting_rate') }} as discount_amount,
        {{ reporting_amount('net_amount', 'reporting_rate') }} as line_net_amount,
        {{ reporting_amount('tax_amount', 'reporting_rate') }} as line_tax_amount,
        {{ reporting_amount('cost_amount', 'reporting_rate') }} as line_cost_amount,
        is_return_only_ticket,
        currency,
        net_amount as net_amount_as_sold,
        net_amount + coalesce(tax_amount, 0) as total_amount_as_sold
    from placed
)

select
    sale_line_id,
    sale_id,
    source,
    store_id,
    product_id,
    customer_id,
    promotion_id,
    promotion,
    channel,
    sold_at,
    business_date,
    hour,
    weekday,
    line_type,
    quantity,
    case when is_goods and quantity > 0 then quantity else 0 end as units_sold,
    case when is_goods and quantity < 0 then -quantity else 0 end as units_returned,
    case when is_goods then quantity else 0 end as units_net,
    unit_price,
    discount_amount,
    case when is_charge then 0 else line_net_amount end as net_amount,
    case when is_charge then 0 else line_tax_amount end as tax_amount,
    case when is_charge then 0 else line_net_amount + line_tax_amount end as gross_amount,
    case when is_charge then line_net_amount else 0 end as charges_amount,
    line_net_amount + coalesce(line_tax_amount, 0) as total_amount,
    case when not is_charge then line_cost_amount end as cost_amount,
    case when not is_charge and line_cost_amount is not null then line_net_amount end as costed_net_amount,
    is_return_only_ticket,
    currency,
    net_amount_as_sold,
    total_amount_as_sold
from reported
