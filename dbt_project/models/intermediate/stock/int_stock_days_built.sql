-- Depends on the daily stock, so that it is only written once that holds what it says.
-- depends_on: {{ ref('fct_stock_daily') }}
select
    part,
    store_id,
    business_date,
    row_count,
    fingerprint
from {{ ref('int_stock_days_current') }}
