select
    promotion_id,
    coalesce(min(name), substr(promotion_id, length(min(source)) + 2)) as promotion,
    min(kind) as kind,
    min(starts_date) as starts_date,
    max(ends_date) as ends_date,
    max(discount_rate) as discount_rate,
    cast(count(distinct product_id) as integer) as products,
    min(source) as source
from {{ ref('int_promotions_unioned') }}
group by promotion_id
