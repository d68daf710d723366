with tickets as (
    select
        'odoo:pos-' || orders.id as sale_id,
        coalesce(registers.store_id, companies.store_id) as store_id,
        orders.date_order as sold_at,
        orders.partner_id,
        'pos' as channel,
        case
            when orders.state in ('paid', 'done', 'invoiced') then 'completed'
            when orders.state = 'cancel' then 'cancelled'
            else 'draft'
        end as status,
        orders.user_id,
        registers.name as register,
        coalesce(registers.currency, companies.currency) as currency
    from {{ source('raw_odoo', 'pos_order') }} as orders
    left join {{ source('raw_odoo', 'pos_session') }} as sessions on orders.session_id = sessions.id
    left join {{ ref('stg_odoo__registers') }} as registers on sessions.config_id = registers.config_id
    left join {{ ref('stg_odoo__companies') }} as companies on orders.company_id = companies.company_id
),

sale_orders as (
    select
        'odoo:order-' || orders.id as sale_id,
        coalesce('odoo:' || orders.warehouse_id, companies.store_id) as store_id,
        orders.date_order as sold_at,
        orders.partner_id,
        case when orders.website_id is not null then 'online' else 'order' end as channel,
        case
            when orders.state in ('sale', 'done') then 'completed'
            when orders.state = 'cancel' then 'cancelled'
            else 'draft'
        end as status,
        orders.user_id,
        cast(null as varchar) as register,
        currencies.name as currency
    from {{ source('raw_odoo', 'sale_order') }} as orders
    left join {{ ref('stg_odoo__companies') }} as companies on orders.company_id = companies.company_id
    left join {{ source('raw_odoo', 'res_currency') }} as currencies on orders.currency_id = currencies.id
),

together as (
    select
        sale_id,
        store_id,
        sold_at,
        partner_id,
        channel,
        status,
        user_id,
        register,
        currency
    from tickets
    union all
    select
        sale_id,
        store_id,
        sold_at,
        partner_id,
        channel,
        status,
        user_id,
        register,
        currency
    from sale_orders
)

select
    'odoo' as source,
    sale_id,
    store_id,
    sold_at,
    'odoo:' || partner_id as customer_id,
    channel,
    status,
    cast(user_id as varchar) as cashier,
    register,
    currency
from together
