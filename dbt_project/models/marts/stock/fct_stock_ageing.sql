with explained as (
    select
        batches.store_id,
        batches.product_id,
        batches.as_of_date,
        batches.as_of_date - batches.received_date as age_days,
        levels.unit_cost,
        batches.units
    from {{ ref('fct_stock_batches') }} as batches
    inner join {{ ref('fct_stock_levels') }} as levels
        on
            batches.store_id = levels.store_id
            and batches.product_id = levels.product_id
),

totals as (
    select
        store_id,
        product_id,
        sum(quantity) as quantity
    from {{ ref('int_stock_layers') }}
    group by store_id, product_id
),

has_records as (
    select count(*) > 0 as answer
    from {{ ref('int_stock_layers') }}
),

-- Stock that no layer explains was there before the records begin; without any record nobody knows its age.
unexplained as (
    select
        levels.store_id,
        levels.product_id,
        levels.as_of_date,
        181 as age_days,
        levels.unit_cost,
        levels.on_hand - coalesce(totals.quantity, 0) as units
    from {{ ref('fct_stock_levels') }} as levels
    left join totals
        on
            levels.store_id = totals.store_id
            and levels.product_id = totals.product_id
    cross join has_records
    where
        levels.on_hand > coalesce(totals.quantity, 0)
        and has_records.answer
),

aged as (
    select
        store_id,
        product_id,
        as_of_date,
        age_days,
        unit_cost,
        units
    from explained
    union all
    select
        store_id,
        product_id,
        as_of_date,
        age_days,
        unit_cost,
        units
    from unexplained
),

bucketed as (
    select
        store_id,
        product_id,
        as_of_date,
        unit_cost,
        units,
        case
            when age_days <= 30 then '0-30'
            when age_days <= 60 then '31-60'
            when age_days <= 90 then '61-90'
            when age_days <= 180 then '91-180'
            else '181+'
        end as age_bucket
    from aged
)

select
    store_id,
    product_id,
    as_of_date,
    age_bucket,
    {{ as_amount('sum(units)') }} as units,
    {{ as_amount('sum(units * unit_cost)') }} as stock_value
from bucketed
group by store_id, product_id, as_of_date, age_bucket
