{{ config(materialized='view') }}

{% set stock_daily = built_relation('marts', 'fct_stock_daily') %}
with ranges as (
    select
        ledger.store_id,
        ledger.product_id,
        greatest(min(ledger.business_date), any_value(starts.rebuild_from_date)) as base_date,
        any_value(stores.as_of_date) as as_of_date
    from {{ ref('int_stock_ledger_daily') }} as ledger
    inner join {{ ref('int_stock_rebuild_starts') }} as starts on ledger.store_id = starts.store_id
    inner join {{ ref('int_stores_completed') }} as stores on ledger.store_id = stores.store_id
    group by ledger.store_id, ledger.product_id
),

movements as (
    select
        ledger.store_id,
        ledger.product_id,
        ledger.business_date,
        ledger.opened,
        {{ stock_flows('ledger.FLOW') }},
        ledger.net_quantity
    from {{ ref('int_stock_ledger_daily') }} as ledger
    inner join ranges
        on
            ledger.store_id = ranges.store_id
            and ledger.product_id = ranges.product_id
            and ledger.business_date >= ranges.base_date
),

-- Nothing that is dated after the as-of day has happened yet.
sales as (
    select
        sales.store_id,
        sales.product_id,
        sales.business_date,
        sales.units_sold,
        sales.units_net,
        sales.net_amount
    from {{ ref('fct_sales_daily') }} as sales
    inner join ranges
        on
            sales.store_id = ranges.store_id
            and sales.product_id = ranges.product_id
            and sales.business_date between ranges.base_date and ranges.as_of_date
),

-- The first day has an event of its own, which carries the cost that holds then.
bases as (
    select
        ranges.store_id,
        ranges.product_id,
        ranges.base_date as business_date,
        costs.unit_cost
    from ranges
    asof left join {{ ref('int_product_costs') }} as costs
        on
            ranges.product_id = costs.product_id
            and ranges.base_date >= costs.valid_from_date
),

cost_changes as (
    select
        ranges.store_id,
        ranges.product_id,
        costs.valid_from_date as business_date,
        costs.unit_cost
    from ranges
    inner join {{ ref('int_product_costs') }} as costs
        on
            ranges.product_id = costs.product_id
            and ranges.base_date < costs.valid_from_date
            and ranges.as_of_date >= costs.valid_from_date
),

together as (
    select
        store_id,
        product_id,
        business_date,
        opened,
        {{ stock_flows('FLOW') }},
        net_quantity
    from movements
    union all by name
    select
        store_id,
        product_id,
        business_date,
        units_sold,
        units_net,
        net_amount
    from sales
    union all by name
    select
        store_id,
        product_id,
        business_date,
        unit_cost
    from bases
    union all by name
    select
        store_id,
        product_id,
        business_date,
        unit_cost
    from cost_changes
),

events as (
    select
        store_id,
        product_id,
        business_date,
        'event' as kind,
        {{ as_amount('coalesce(sum(opened), 0)') }} as opened,
        {{ stock_flows(as_amount('coalesce(sum(FLOW), 0)') ~ ' as FLOW') }},
        {{ as_amount('coalesce(sum(net_quantity), 0)') }} as net_quantity,
        {{ as_amount('coalesce(sum(units_sold), 0)') }} as units_sold,
        {{ as_amount('coalesce(sum(units_net), 0)') }} as units_net,
        {{ as_amount('coalesce(sum(net_amount), 0)') }} as net_amount,
        max(unit_cost) as unit_cost,
        cast(null as date) as active_date
    from together
    group by store_id, product_id, business_date
)

select
    store_id,
    product_id,
    business_date,
    kind,
    opened,
    {{ stock_flows('FLOW') }},
    net_quantity,
    units_sold,
    units_net,
    net_amount,
    unit_cost,
    active_date
from events
{% if stock_daily is not none %}
union all by name
-- What the days before the rebuild left: the stock, the last day with stock or a sale ...
select
    days.store_id,
    days.product_id,
    max(days.business_date) as business_date,
    'balance' as kind,
    arg_max(days.on_hand, days.business_date) as net_quantity,
    max(days.business_date) filter (where days.on_hand > 0 or days.units_sold > 0) as active_date
from {{ stock_daily }} as days
inner join {{ ref('int_stock_rebuild_starts') }} as starts
    on
        days.store_id = starts.store_id
        and days.business_date < starts.rebuild_from_date
group by days.store_id, days.product_id
union all by name
-- ... and the sales of the last 28 days in stock.
select
    recent.store_id,
    recent.product_id,
    recent.business_date,
    'in_stock_day' as kind,
    sales.units_sold,
    sales.units_net,
    sales.net_amount
from (
    select
        days.store_id,
        days.product_id,
        unnest(max(days.business_date, 28)) as business_date
    from {{ stock_daily }} as days
    inner join {{ ref('int_stock_rebuild_starts') }} as starts
        on
            days.store_id = starts.store_id
            and days.business_date < starts.rebuild_from_date
    where days.is_in_stock
    group by days.store_id, days.product_id
) as recent
left join {{ ref('fct_sales_daily') }} as sales
    on
        recent.store_id = sales.store_id
        and recent.product_id = sales.product_id
        and recent.business_date = sales.business_date
{% endif %}
