with moves as (
    select
        lines.order_id,
        bool_or(moves.state not in ('done', 'cancel')) as is_awaited
    from {{ source('raw_odoo', 'stock_move') }} as moves
    inner join {{ source('raw_odoo', 'purchase_order_line') }} as lines on moves.purchase_line_id = lines.id
    group by lines.order_id
),

lines as (
    select
        order_id,
        bool_and(qty_received >= product_qty) as is_received
    from {{ source('raw_odoo', 'purchase_order_line') }}
    where display_type is null
    group by order_id
)

select
    'odoo' as source,
    'odoo:' || orders.id as purchase_order_id,
    'odoo:' || orders.partner_id as supplier_id,
    coalesce('odoo:' || types.warehouse_id, companies.store_id) as store_id,
    coalesce(orders.date_approve, orders.date_order) as ordered_at,
    orders.date_planned as expected_at,
    case
        when orders.state = 'cancel' then 'cancelled'
        when orders.state not in ('purchase', 'done') then 'draft'
        -- `done` says that an order is locked, not that it came: what is still to be moved says that.
        when coalesce(moves.is_awaited, not lines.is_received, false) then 'open'
        else 'closed'
    end as status,
    currencies.name as currency
from {{ source('raw_odoo', 'purchase_order') }} as orders
left join moves on orders.id = moves.order_id
left join lines on orders.id = lines.order_id
left join {{ ref('stg_odoo__operation_types') }} as types on orders.picking_type_id = types.operation_type_id
left join {{ ref('stg_odoo__companies') }} as companies on orders.company_id = companies.company_id
left join {{ source('raw_odoo', 'res_currency') }} as currencies on orders.currency_id = currencies.id
