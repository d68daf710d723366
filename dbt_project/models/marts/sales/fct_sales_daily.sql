{{ config(materialized='incremental', incremental_strategy='store_days', on_schema_change='fail') }}

-- Two steps: a ticket first, then the day, which counts tickets without a set of ids for each day.
with tickets as (
    select
        lines.store_id,
        lines.product_id,
        lines.business_date,
        lines.sale_id,
        sum(lines.units_sold) as units_sold,
        sum(lines.units_returned) as units_returned,
        sum(lines.units_net) as units_net,
        sum(lines.net_amount) as net_amount,
        sum(lines.discount_amount) as discount_amount,
        sum(lines.cost_amount) filter (where lines.line_type = 'goods') as cost_amount,
        sum(lines.costed_net_amount) filter (where lines.line_type = 'goods') as costed_net_amount,
        sum(lines.units_net) filter (where lines.line_type = 'goods' and lines.cost_amount is not null) as costed_units,
        bool_or(lines.promotion_id is not null) as is_promoted
    from {{ ref('fct_sale_lines') }} as lines
    where
        lines.line_type in ('goods', 'discount')
        and {{ in_changed_store_day('lines') }}
    group by lines.store_id, lines.product_id, lines.business_date, lines.sale_id
)

select
    store_id,
    product_id,
    business_date,
    {{ as_amount('sum(units_sold)') }} as units_sold,
    {{ as_amount('sum(units_returned)') }} as units_returned,
    {{ as_amount('sum(units_net)') }} as units_net,
    {{ as_amount('sum(net_amount)') }} as net_amount,
    {{ as_amount('sum(discount_amount)') }} as discount_amount,
    {{ as_amount('sum(cost_amount)') }} as cost_amount,
    {{ as_amount('sum(costed_net_amount)') }} as costed_net_amount,
    {{ as_amount('sum(costed_units)') }} as costed_units,
    cast(count(*) filter (where units_sold > 0) as integer) as transactions,
    bool_or(is_promoted) as is_promoted
from tickets
group by store_id, product_id, business_date
