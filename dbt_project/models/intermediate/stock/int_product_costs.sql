with received as (
    select
        product_id,
        received_date as cost_date,
        {{ as_amount('sum(quantity * unit_cost) / sum(quantity)') }} as unit_cost,
        true as is_received
    from {{ ref('int_receipts_costed') }}
    where unit_cost is not null and quantity > 0
    group by product_id, received_date
),

sold as (
    select
        product_id,
        business_date as cost_date,
        {{ as_amount('sum(cost_amount) / sum(costed_units)') }} as unit_cost,
        false as is_received
    from {{ ref('fct_sales_daily') }}
    where costed_units > 0
    group by product_id, business_date
),

together as (
    select
        product_id,
        cost_date,
        unit_cost,
        is_received
    from received
    union all
    select
        sold.product_id,
        sold.cost_date,
        sold.unit_cost,
        sold.is_received
    from sold
    where not exists (
        select 1 from received
        where received.product_id = sold.product_id
    )
),

compared as (
    select
        product_id,
        cost_date,
        unit_cost,
        is_received,
        lag(unit_cost) over (partition by product_id order by cost_date) as previous_unit_cost
    from together
)

-- The first cost known also holds for the days before it: the opening stock was bought before the records begin.
select
    product_id,
    case when previous_unit_cost is null then date '1900-01-01' else cost_date end as valid_from_date,
    unit_cost,
    is_received
from compared
where unit_cost is distinct from previous_unit_cost
