with ledger_layers as (
    select
        store_id,
        product_id,
        business_date as received_date,
        opened + received + greatest(transferred, 0) + greatest(adjusted, 0) + returned as quantity
    from {{ ref('int_stock_ledger_daily') }}
),

receipt_layers as (
    select
        receipts.store_id,
        receipts.product_id,
        receipts.received_date,
        receipts.quantity
    from {{ ref('int_receipts_costed') }} as receipts
    where not exists (
        select 1 from {{ ref('int_stock_ledger_daily') }} as ledger
        where
            ledger.store_id = receipts.store_id
            and ledger.product_id = receipts.product_id
    )
),

layers as (
    select
        store_id,
        product_id,
        received_date,
        sum(quantity) as quantity
    from (
        select store_id, product_id, received_date, quantity from ledger_layers
        union all
        select store_id, product_id, received_date, quantity from receipt_layers
    )
    where quantity > 0
    group by store_id, product_id, received_date
),

-- First in, first out: what is left are the newest layers.
stacked as (
    select
        levels.store_id,
        levels.product_id,
        levels.as_of_date - layers.received_date as age_days,
        levels.on_hand,
        levels.unit_cost,
        layers.quantity,
        sum(layers.quantity) over (
            partition by layers.store_id, layers.product_id
            order by layers.received_date desc
        ) - layers.quantity as newer_quantity
    from {{ ref('fct_stock_levels') }} as levels
    inner join layers
        on
            levels.store_id = layers.store_id
            and levels.product_id = layers.product_id
    where levels.on_hand > 0
),

remaining as (
    select
        store_id,
        product_id,
        age_days,
        unit_cost,
        least(quantity, on_hand - newer_quantity) as units
    from stacked
    where newer_quantity < on_hand
),

-- Stock that no layer explains was there before the records begin.
unexplained as (
    select
        levels.store_id,
        levels.product_id,
        181 as age_days,
        levels.unit_cost,
        levels.on_hand - coalesce(sum(layers.quantity), 0) as units
    from {{ ref('fct_stock_levels') }} as levels
    left join layers
        on
            levels.store_id = layers.store_id
            and levels.product_id = layers.product_id
    where
        levels.on_hand > 0
        and exists (select 1 from layers)
    group by levels.store_id, levels.product_id, levels.unit_cost, levels.on_hand
    having levels.on_hand > coalesce(sum(layers.quantity), 0)
),

aged as (
    select store_id, product_id, age_days, unit_cost, units from remaining
    union all
    select store_id, product_id, age_days, unit_cost, units from unexplained
),

bucketed as (
    select
        store_id,
        product_id,
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
    (select max(as_of_date) from {{ ref('fct_stock_levels') }}) as as_of_date,
    age_bucket,
    {{ as_amount('sum(units)') }} as units,
    {{ as_amount('sum(units * unit_cost)') }} as stock_value
from bucketed
group by store_id, product_id, age_bucket
