{#- Every check is a list of comparisons: what one table says (`ours`), what another says (`theirs`), how far they may
    lie apart, and where that is. -#}
{% set shown = 1000 %}
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
        levels.store_id,
        levels.product_id,
        ledger.on_hand as ours,
        levels.on_hand as theirs
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
        days.store_id,
        days.product_id,
        days.business_date,
        days.opening + days.received - days.sold + days.returned + days.transferred + days.adjusted as ours,
        days.on_hand as theirs
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
        ledger.store_id,
        ledger.product_id,
        coalesce(last_days.on_hand, 0) as ours,
        ledger.on_hand as theirs
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
        coalesce(line_days.store_id, ticket_days.store_id) as store_id,
        coalesce(line_days.business_date, ticket_days.business_date) as business_date,
        coalesce(line_days.net_amount, 0) as ours,
        coalesce(ticket_days.net_amount, 0) as theirs
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
        store_id,
        business_date,
        sale_id,
        payments_amount as ours,
        total_amount as theirs
    from {{ ref('fct_sales') }}
    where
        payments_amount is not null
        and total_amount is not null
),

gross_is_net_plus_tax as (
    select
        'gross_is_net_plus_tax' as check_name,
        source,
        store_id,
        product_id,
        sale_id,
        gross_amount as ours,
        net_amount + tax_amount as theirs
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
        rows_accepted + rows_quarantined as ours,
        rows_read as theirs
    from {{ ref('int_loads_unioned') }}
),

rates_known as (
    select
        'rates_known' as check_name,
        source,
        store_id,
        business_date,
        sale_id,
        currency,
        case when reporting_rate is null then 0 else 1 end as ours,
        1 as theirs
    from {{ ref('int_sales_counted') }}
),

checks as (
    select
        check_name,
        source,
        store_id,
        business_date,
        product_id,
        cast(null as varchar) as sale_id,
        currency,
        ours,
        theirs,
        tolerance
    from {{ ref('int_source_totals_compared') }}
    {% for check, place in {
        'movements_close': ['store_id', 'product_id'],
        'daily_stock_adds_up': ['store_id', 'product_id', 'business_date'],
        'daily_stock_closes': ['store_id', 'product_id'],
        'lines_add_up': ['store_id', 'business_date'],
        'payments_equal_totals': ['store_id', 'business_date', 'sale_id'],
        'gross_is_net_plus_tax': ['store_id', 'product_id', 'sale_id'],
        'loads_accounted': [],
        'rates_known': ['store_id', 'business_date', 'sale_id', 'currency'],
    }.items() %}
    union all by name
    select
        check_name,
        source,
        {% for column in place %}
        {{ column }},
        {% endfor %}
        cast(ours as decimal(38, 4)) as ours,
        cast(theirs as decimal(38, 4)) as theirs,
        0.01 as tolerance
    from {{ check }}
    {% endfor %}
),

compared as (
    select
        check_name,
        source,
        store_id,
        business_date,
        product_id,
        sale_id,
        currency,
        ours,
        theirs,
        ours - theirs as difference,
        abs(ours - theirs) > tolerance as differs
    from checks
)

select
    check_name,
    source,
    count(*) as compared,
    count(*) filter (where differs) as differing,
    max(abs(difference)) as largest_difference,
    -- The order among equals is made certain, so that two builds show the same.
    arg_max(
        struct_pack(store_id, business_date, product_id, sale_id, currency, ours, theirs),
        row(abs(difference), business_date, store_id, product_id, sale_id, currency),
        {{ shown }}
    ) filter (where differs) as differences
from compared
group by check_name, source
