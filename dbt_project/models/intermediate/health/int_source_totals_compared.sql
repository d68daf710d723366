{#- Each total that a source can report of its days, and what we make of the same days. -#}
{% set totals = {
    'tickets_agree_with_source': 'tickets',
    'quantity_agrees_with_source': 'quantity',
    'net_sales_agree_with_source': 'net_amount',
    'gross_sales_agree_with_source': 'gross_amount',
} %}
with reported as (
    select
        reported.source,
        reported.store_id,
        reported.business_date,
        coalesce(reported.currency, stores.currency, workspace.reporting_currency) as currency,
        reported.tickets,
        reported.quantity,
        reported.net_amount,
        reported.gross_amount,
        coalesce(stores.as_of_date, workspace.as_of_date) as as_of_date
    from {{ ref('int_reported_sales_daily_unioned') }} as reported
    cross join {{ ref('int_workspace') }} as workspace
    left join {{ ref('int_stores_completed') }} as stores on reported.store_id = stores.store_id
),

theirs as (
    {% for check, total in totals.items() %}
    -- A total of a day is only known when every currency of the day tells its part.
    select
        '{{ check }}' as check_name,
        source,
        store_id,
        business_date,
        {{ 'currency' if total.endswith('amount') else 'cast(null as varchar) as currency' }},
        case when count({{ total }}) = count(*) then cast(sum({{ total }}) as decimal(38, 4)) end as amount,
        any_value(as_of_date) as as_of_date
    from reported
    group by source, store_id, business_date{{ ', currency' if total.endswith('amount') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranges as (
    select
        check_name,
        source,
        min(business_date) as first_date,
        max(business_date) as last_date
    from theirs
    where amount is not null
    group by check_name, source
),

days as (
    select
        lines.source,
        lines.store_id,
        lines.business_date,
        lines.currency,
        count(*) as lines,
        sum(lines.units_net) as quantity,
        sum(lines.net_amount_as_sold) as net_amount,
        sum(lines.total_amount_as_sold) as gross_amount
    from {{ ref('fct_sale_lines') }} as lines
    where lines.source in (select ranges.source from ranges)
    group by lines.source, lines.store_id, lines.business_date, lines.currency
),

-- Quantities are rounded to four places and money to cents, line by line, on either side.
ours as (
    select
        'tickets_agree_with_source' as check_name,
        sales.source,
        sales.store_id,
        sales.business_date,
        cast(null as varchar) as currency,
        cast(count(*) as decimal(38, 4)) as amount,
        0 as tolerance
    from {{ ref('fct_sales') }} as sales
    where sales.source in (select ranges.source from ranges)
    group by sales.source, sales.store_id, sales.business_date
    union all
    select
        'quantity_agrees_with_source' as check_name,
        source,
        store_id,
        business_date,
        cast(null as varchar) as currency,
        cast(sum(quantity) as decimal(38, 4)) as amount,
        0.00005 * sum(lines) as tolerance
    from days
    group by source, store_id, business_date
    {% for check, total in totals.items() if total.endswith('amount') %}
    union all
    select
        '{{ check }}' as check_name,
        source,
        store_id,
        business_date,
        currency,
        cast({{ total }} as decimal(38, 4)) as amount,
        0.005 * lines as tolerance
    from days
    {% endfor %}
),

ours_in_range as (
    select
        ours.check_name,
        ours.source,
        ours.store_id,
        ours.business_date,
        ours.currency,
        ours.amount,
        ours.tolerance,
        stores.as_of_date
    from ours
    inner join {{ ref('int_stores_completed') }} as stores on ours.store_id = stores.store_id
    inner join ranges
        on
            ours.check_name = ranges.check_name
            and ours.source = ranges.source
            and ours.business_date between ranges.first_date and ranges.last_date
),

sales_compared as (
    select
        coalesce(ours.check_name, theirs.check_name) as check_name,
        coalesce(ours.source, theirs.source) as source,
        coalesce(ours.store_id, theirs.store_id) as store_id,
        coalesce(ours.business_date, theirs.business_date) as business_date,
        coalesce(ours.currency, theirs.currency) as currency,
        coalesce(ours.amount, 0) as ours,
        case when theirs.check_name is null then 0 else theirs.amount end as theirs,
        coalesce(ours.tolerance, 0) as tolerance,
        coalesce(ours.as_of_date, theirs.as_of_date) as as_of_date
    from ours_in_range as ours
    full outer join theirs
        on
            ours.check_name = theirs.check_name
            and ours.source = theirs.source
            and ours.store_id is not distinct from theirs.store_id
            and ours.business_date = theirs.business_date
            and ours.currency is not distinct from theirs.currency
),

reported_stock as (
    select
        source,
        product_id,
        sum(on_hand) as on_hand
    from {{ ref('int_reported_stock_unioned') }}
    where on_hand is not null
    group by source, product_id
),

held_stock as (
    select
        products.source,
        levels.product_id,
        sum(levels.on_hand) as on_hand,
        count(*) as levels
    from {{ ref('fct_stock_levels') }} as levels
    inner join {{ ref('int_products_completed') }} as products on levels.product_id = products.product_id
    where products.source in (select reported_stock.source from reported_stock)
    group by products.source, levels.product_id
),

stock_compared as (
    select
        'on_hand_agrees_with_source' as check_name,
        coalesce(held_stock.source, reported_stock.source) as source,
        coalesce(held_stock.product_id, reported_stock.product_id) as product_id,
        cast(coalesce(held_stock.on_hand, 0) as decimal(38, 4)) as ours,
        cast(coalesce(reported_stock.on_hand, 0) as decimal(38, 4)) as theirs,
        0.00005 * coalesce(held_stock.levels, 0) as tolerance
    from held_stock
    full outer join reported_stock on held_stock.product_id = reported_stock.product_id
)

select
    check_name,
    source,
    store_id,
    business_date,
    cast(null as varchar) as product_id,
    currency,
    ours,
    theirs,
    tolerance
from sales_compared
where
    business_date < as_of_date
    and theirs is not null
union all by name
select
    check_name,
    source,
    product_id,
    ours,
    theirs,
    tolerance
from stock_compared
