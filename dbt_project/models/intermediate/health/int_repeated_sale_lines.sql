-- Exact duplicates: lines of one ticket that are equal in everything but their own key.
with repeated as (
    select
        source,
        count(*) - 1 as repeats
    from {{ ref('int_sale_lines_unioned') }}
    group by
        source, sale_id,
        hash(
            store_id, product_id, sold_at, quantity, unit_price, discount_amount, net_amount, tax_amount, gross_amount,
            unit_cost, promotion_id, customer_id, channel, line_type
        )
    having count(*) > 1
)

select
    source,
    sum(repeats) as exact_duplicates
from repeated
group by source
