{#- Every check is a list of comparisons: what one table says, what another says, and how far they may lie apart. -#}
with ledger as (
    select
        store_id,
        product_id,
        sum(net_quantity) as on_hand
    from {{ ref('int_stock_ledger_daily') }}
    group by store_id, product_id
),

movements_close as (
    select
        'movements_close' as check_name,
        levels.source,
        levels.on_hand - ledger.on_hand as difference
    from {{ ref('int_stock_levels_unioned') }} as levels
    inner join ledger
        on
            levels.store_id = ledger.store_id
            and levels.product_id = ledger.product_id
),

daily_stock_adds_up as (
    select
        'daily_stock_adds_up' as check_name,
        stores.source,
        days.opening + days.received - days.sold + days.returned + days.transferred + days.adjusted - days.on_hand
            as difference
    from {{ ref('fct_stock_daily') }} as days
    inner join {{ ref('int_stores_completed') }} as stores on days.store_id = stores.store_id
),

last_days as (
    select
        store_id,
        product_id,
        arg_max(on_hand, business_date) as on_hand
    from {{ ref('fct_stock_daily') }}
    group by store_id, product_id
),

daily_stock_closes as (
    select
        'daily_stock_closes' as check_name,
        stores.source,
        ledger.on_hand - coalesce(last_days.on_hand, 0) as difference
    from ledger
    inner join {{ ref('int_stores_completed') }} as stores on ledger.store_id = stores.store_id
    left join last_days
        on
            ledger.store_id = last_days.store_id
            and ledger.product_id = last_days.product_id
    where stores.closed_date is null
),

line_days as (
    select
        source,
        store_id,
        business_date,
        sum(net_amount) as net_amount
    from {{ ref('fct_sale_lines') }}
    group by source, store_id, business_date
),

ticket_days as (
    select
        source,
        store_id,
        business_date,
        sum(net_amount) as net_amount
    from {{ ref('fct_sales') }}
    group by source, store_id, business_date
),

lines_add_up as (
    select
        'lines_add_up' as check_name,
        coalesce(line_days.source, ticket_days.source) as source,
        coalesce(line_days.net_amount, 0) - coalesce(ticket_days.net_amount, 0) as difference
    from line_days
    full outer join ticket_days
        on
            line_days.source = ticket_days.source
            and line_days.store_id = ticket_days.store_id
            and line_days.business_date = ticket_days.business_date
),

payments_equal_totals as (
    select
        'payments_equal_totals' as check_name,
        source,
        payments_amount - total_amount as difference
    from {{ ref('fct_sales') }}
    where
        payments_amount is not null
        and total_amount is not null
),

gross_is_net_plus_tax as (
    select
        'gross_is_net_plus_tax' as check_name,
        source,
        gross_amount - net_amount - tax_amount as difference
    from {{ ref('int_sale_lines_unioned') }}
    where
        gross_amount is not null
        and net_amount is not null
        and tax_amount is not null
),

loads_accounted as (
    select
        'loads_accounted' as check_name,
        source,
        rows_read - rows_accepted - rows_quarantined as difference
    from {{ ref('int_loads_unioned') }}
),

rates_known as (
    select
        'rates_known' as check_name,
        source,
        case when reporting_rate is null then 1 else 0 end as difference
    from {{ ref('int_sales_counted') }}
),

checks as (
    {% for check in [
        'movements_close', 'daily_stock_adds_up', 'daily_stock_closes', 'lines_add_up', 'payments_equal_totals',
        'gross_is_net_plus_tax', 'loads_accounted', 'rates_known'
    ] %}
    select
        check_name,
        source,
        cast(difference as decimal(38, 4)) as difference
    from {{ check }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    check_name,
    source,
    count(*) as compared,
    count(*) filter (where abs(difference) > 0.01) as differing,
    max(abs(difference)) as largest_difference
from checks
group by check_name, source
