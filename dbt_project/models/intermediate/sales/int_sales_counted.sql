with made as (
    select
        lines.sale_id,
        min(lines.source) as source,
        min(lines.store_id) as store_id,
        min(lines.sold_at) as sold_at,
        max(lines.customer_id) as customer_id,
        min(lines.channel) as channel
    from {{ ref('int_sale_lines_unioned') }} as lines
    where
        not exists (
            select 1 from {{ ref('int_sales_unioned') }} as sales
            where sales.sale_id = lines.sale_id
        )
    group by lines.sale_id
),

tickets as (
    select
        sale_id,
        source,
        store_id,
        sold_at,
        customer_id,
        channel,
        cashier,
        register,
        currency
    from {{ ref('int_sales_unioned') }}
    where coalesce(status, 'completed') = 'completed'
    union all by name
    select
        sale_id,
        source,
        store_id,
        sold_at,
        customer_id,
        channel
    from made
),

placed as (
    select
        tickets.sale_id,
        tickets.source,
        tickets.store_id,
        tickets.sold_at,
        tickets.customer_id,
        coalesce(tickets.channel, 'pos') as channel,
        tickets.cashier,
        tickets.register,
        coalesce(tickets.currency, stores.currency) as currency,
        {{ store_time('tickets.sold_at') }} as sold_at_local
    from tickets
    {{ join_store_time('tickets', 'sold_at') }}
)

select
    placed.sale_id,
    placed.source,
    placed.store_id,
    placed.sold_at,
    cast(placed.sold_at_local as date) as business_date,
    cast(hour(placed.sold_at_local) as integer) as hour,
    strftime(placed.sold_at_local, '%a') as weekday,
    placed.customer_id,
    placed.channel,
    placed.cashier,
    placed.register,
    placed.currency,
    {{ reporting_rate('placed.currency') }} as reporting_rate
from placed
{{ join_rates('placed.currency', 'cast(placed.sold_at_local as date)') }}
