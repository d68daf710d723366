with ledger as (
    select
        'ledger' as part,
        store_id,
        business_date,
        hash(product_id, opened, received, sold, returned, transferred, adjusted) as fingerprint
    from {{ ref('int_stock_ledger_daily') }}
),

sales as (
    select
        'sales' as part,
        sales.store_id,
        sales.business_date,
        hash(sales.product_id, sales.units_sold, sales.units_net, sales.net_amount) as fingerprint
    from {{ ref('fct_sales_daily') }} as sales
),

closed as (
    select
        'closed' as part,
        store_id,
        closed_date as business_date,
        hash(store_id) as fingerprint
    from {{ ref('int_stores_completed') }}
    where closed_date is not null
),

-- What is not of one store changes the stock of every store from its day on.
costs as (
    select
        'costs' as part,
        '' as store_id,
        valid_from_date as business_date,
        hash(product_id, unit_cost) as fingerprint
    from {{ ref('int_product_costs') }}
),

discontinued as (
    select
        'discontinued' as part,
        '' as store_id,
        discontinued_date as business_date,
        hash(product_id) as fingerprint
    from {{ ref('int_products_completed') }}
    where discontinued_date is not null
),

parts as (
    select
        part,
        store_id,
        business_date,
        fingerprint
    from ledger
    union all
    select
        part,
        store_id,
        business_date,
        fingerprint
    from sales
    union all
    select
        part,
        store_id,
        business_date,
        fingerprint
    from closed
    union all
    select
        part,
        store_id,
        business_date,
        fingerprint
    from costs
    union all
    select
        part,
        store_id,
        business_date,
        fingerprint
    from discontinued
)

select
    part,
    store_id,
    business_date,
    count(*) as row_count,
    sum(fingerprint) as fingerprint
from parts
group by part, store_id, business_date
