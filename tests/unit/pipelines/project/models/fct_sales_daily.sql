select store_id, product_id, business_date, sum(units_sold) as units_sold, sum(net_amount) as net_amount
from {{ ref('fct_sale_lines') }}
group by all
