select
    product_id,
    store_id,
    valid_from_date,
    valid_to_date,
    price
from {{ ref('int_prices_unioned') }}
where
    price is not null
    and valid_from_date is not null
