select
    customer_id,
    joined_date,
    has_marketing_consent,
    source
from {{ ref('int_customers_unioned') }}
