with days as (
    select
        days.store_id,
        days.product_id,
        days.business_date,
        days.opening,
        days.on_hand,
        coalesce(products.category, '') as category
    from {{ ref('fct_stock_daily') }} as days
    inner join {{ ref('dim_products') }} as products on days.product_id = products.product_id
    where
        days.is_complete_day
        and (days.opening <= 0 or days.on_hand <= 0)
),

movements as (
    select
        movements.store_id,
        movements.product_id,
        movements.quantity,
        {{ store_time('movements.moved_at') }} as moved_at
    from {{ ref('int_stock_movements_unioned') }} as movements
    {{ join_store_time('movements', 'moved_at') }}
    where movements.movement_type not in ('opening', 'sale', 'return')
),

lines as (
    select
        lines.store_id,
        lines.product_id,
        lines.business_date,
        lines.units_net,
        {{ store_time('lines.sold_at') }} as sold_at
    from {{ ref('fct_sale_lines') }} as lines
    inner join days
        on
            lines.store_id = days.store_id
            and lines.product_id = days.product_id
            and lines.business_date = days.business_date
    {{ join_store_time('lines', 'sold_at') }}
    where lines.units_net != 0
),

-- Sales move the shelf when they are rung up; the ledger often books them at the end of the day.
events as (
    select
        store_id,
        product_id,
        business_date,
        cast(0 as double) as at_hour,
        opening as quantity,
        'opening' as kind
    from days
    union all
    select
        days.store_id,
        days.product_id,
        days.business_date,
        hour(movements.moved_at) + minute(movements.moved_at) / 60 as at_hour,
        movements.quantity,
        'movement' as kind
    from movements
    inner join days
        on
            movements.store_id = days.store_id
            and movements.product_id = days.product_id
            and cast(movements.moved_at as date) = days.business_date
    union all
    select
        store_id,
        product_id,
        business_date,
        hour(sold_at) + minute(sold_at) / 60 as at_hour,
        -units_net as quantity,
        case when units_net > 0 then 'sale' else 'return' end as kind
    from lines
),

running as (
    select
        store_id,
        product_id,
        business_date,
        at_hour,
        kind,
        sum(quantity) over (day_so_far rows unbounded preceding) as on_shelf,
        sum(case when kind = 'return' then 0 else quantity end) over (day_so_far rows unbounded preceding)
            as fresh_on_shelf,
        lead(at_hour, 1, 24) over day_so_far as until_hour,
        lead(kind) over day_so_far as next_kind
    from events
    window day_so_far as (
        partition by store_id, product_id, business_date
        order by at_hour asc, kind = 'opening' desc, quantity desc
    )
)

select
    running.store_id,
    running.product_id,
    running.business_date,
    days.category,
    running.at_hour,
    running.until_hour,
    running.kind,
    running.on_shelf,
    -- What is sold next was there, whatever the ledger says; what was brought back often is not for sale.
    running.fresh_on_shelf > 0 or coalesce(running.next_kind = 'sale', false) as is_there,
    running.next_kind is null as is_last,
    days.on_hand
from running
inner join days
    on
        running.store_id = days.store_id
        and running.product_id = days.product_id
        and running.business_date = days.business_date
