select distinct product_id, product_id as product from {{ ref('fct_sale_lines') }}
