select
    promotion_id,
    product_id,
    store_id,
    kind,
    starts_date,
    ends_date,
    discount_rate
from {{ ref('int_promotions_unioned') }}
where
    starts_date is not null
    and ends_date >= starts_date
