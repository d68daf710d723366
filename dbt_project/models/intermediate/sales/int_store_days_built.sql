-- Depends on every sales fact, so that it is only written once they all hold what it says.
-- depends_on: {{ ref('fct_sale_lines') }}
-- depends_on: {{ ref('fct_sales') }}
-- depends_on: {{ ref('fct_payments') }}
-- depends_on: {{ ref('fct_sales_daily') }}
select
    part,
    store_id,
    business_date,
    row_count,
    fingerprint
from {{ ref('int_store_days_current') }}
