with pos_totals as (
    select
        registers.store_id,
        totals.business_date,
        registers.currency,
        totals.tickets,
        totals.amount_total - totals.amount_tax as net_amount,
        totals.amount_total as gross_amount
    from {{ source('raw_odoo', 'reported_pos_daily') }} as totals
    inner join {{ source('raw_odoo', 'pos_session') }} as sessions on totals.session_id = sessions.id
    inner join {{ ref('stg_odoo__registers') }} as registers on sessions.config_id = registers.config_id
),

order_totals as (
    select
        coalesce('odoo:' || nullif(totals.warehouse_id, 0), companies.store_id) as store_id,
        totals.business_date,
        currencies.name as currency,
        totals.tickets,
        totals.amount_untaxed as net_amount,
        totals.amount_total as gross_amount
    from {{ source('raw_odoo', 'reported_orders_daily') }} as totals
    left join {{ ref('stg_odoo__companies') }} as companies on totals.company_id = companies.company_id
    left join {{ source('raw_odoo', 'res_currency') }} as currencies on totals.currency_id = currencies.id
),

-- A ticket's total holds what it settled of sale orders, which counts with those.
settled as (
    select
        sales.store_id,
        cast(
            timezone(coalesce(stores.time_zone, workspace.default_time_zone), sales.sold_at) as date
        ) as business_date,
        sales.currency,
        0 as tickets,
        -lines.net_amount as net_amount,
        -lines.gross_amount as gross_amount
    from {{ ref('stg_odoo__sale_lines') }} as lines
    inner join {{ ref('stg_odoo__sales') }} as sales on lines.sale_id = sales.sale_id
    inner join {{ ref('stg_odoo__stores') }} as stores on sales.store_id = stores.store_id
    cross join {{ source('raw_tillsight', 'workspace') }} as workspace
    where
        lines.line_type = 'adjustment'
        and sales.channel = 'pos'
        and sales.status = 'completed'
),

together as (
    select
        store_id,
        business_date,
        currency,
        tickets,
        net_amount,
        gross_amount
    from pos_totals
    union all
    select
        store_id,
        business_date,
        currency,
        tickets,
        net_amount,
        gross_amount
    from order_totals
    union all
    select
        settled.store_id,
        settled.business_date,
        settled.currency,
        settled.tickets,
        settled.net_amount,
        settled.gross_amount
    from settled
    where settled.business_date between (
        select min(pos_totals.business_date) from pos_totals
    ) and (
        select max(pos_totals.business_date) from pos_totals
    )
)

select
    'odoo' as source,
    store_id,
    business_date,
    cast(sum(tickets) as bigint) as tickets,
    cast(null as decimal(18, 4)) as quantity,
    cast(sum(net_amount) as decimal(18, 4)) as net_amount,
    cast(sum(gross_amount) as decimal(18, 4)) as gross_amount,
    currency
from together
where business_date is not null
group by store_id, business_date, currency
