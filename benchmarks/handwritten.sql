-- The marts as an analyst would write them for this one shop, in one go: one source, one currency, a ticket behind every
-- line, a cost on every line, every row already checked. The tables and figures are the marts'; what dbt adds is not
-- here: many sources and currencies, missing columns, rebuilding only what changed, contracts, data health.
-- `warehouse` is attached and read only.

create table dim_stores as
select
    'files:' || store_id as store_id,
    name as store,
    store_id as store_code,
    'files' as source,
    time_zone,
    currency,
    country,
    opened_date,
    closed_date,
    cast(timezone(time_zone, (select as_of_at from warehouse.raw_tillsight.workspace)) as date) as as_of_date
from warehouse.raw_files.stores;

create table dim_suppliers as
select
    'files:' || supplier_id as supplier_id,
    name as supplier,
    supplier_minimum_amount,
    order_days,
    currency
from warehouse.raw_files.suppliers;

create table dim_customers as
select
    'files:' || customer_id as customer_id,
    joined_date,
    has_marketing_consent,
    'files' as source
from warehouse.raw_files.customers;

create temp table daily_costs as
select
    'files:' || receipts.product_id as product_id,
    cast(timezone(stores.time_zone, receipts.received_at) as date) as cost_date,
    cast(sum(receipts.quantity * receipts.unit_cost) / sum(receipts.quantity) as decimal(18, 4)) as unit_cost
from warehouse.raw_files.receipts as receipts
inner join dim_stores as stores on stores.store_code = receipts.store_id
group by all;

create table dim_products as
with preferred as (
    select
        product_id,
        arg_min(supplier_id, (not coalesce(is_preferred, false), lead_time_days, supplier_id)) as supplier_id,
        arg_min(unit_cost, (not coalesce(is_preferred, false), lead_time_days, supplier_id)) as unit_cost
    from warehouse.raw_files.supplier_terms
    group by product_id
),

latest_costs as (
    select
        product_id,
        arg_max(unit_cost, cost_date) as unit_cost
    from daily_costs
    group by product_id
)

select
    'files:' || products.product_id as product_id,
    case
        when count(*) over (partition by products.name) = 1 then products.name
        else products.name || ' (' || products.sku || ')'
    end as product,
    products.name,
    products.sku,
    products.barcode,
    trim(split_part(products.category_path, '>', 1)) as department,
    trim(split_part(products.category_path, '>', -1)) as category,
    products.category_path,
    products.brand,
    products.unit,
    products.list_price,
    coalesce(products.cost, latest_costs.unit_cost, preferred.unit_cost) as unit_cost,
    products.tax_rate,
    products.is_stocked,
    products.shelf_life_days,
    products.is_active,
    products.variant_of,
    products.launched_date,
    products.discontinued_date,
    'files:' || preferred.supplier_id as supplier_id,
    products.kind
from warehouse.raw_files.products as products
left join preferred on products.product_id = preferred.product_id
left join latest_costs on latest_costs.product_id = 'files:' || products.product_id;

create temp table tickets as
select
    'files:' || sales.sale_id as sale_id,
    stores.store_id,
    'files:' || sales.customer_id as customer_id,
    coalesce(sales.channel, 'pos') as channel,
    sales.sold_at,
    timezone(stores.time_zone, sales.sold_at) as sold_at_local,
    sales.cashier,
    sales.register,
    stores.currency
from warehouse.raw_files.sales as sales
inner join dim_stores as stores on stores.store_code = sales.store_id
where coalesce(sales.status, 'completed') = 'completed';

create table fct_payments as
select
    'files:' || payments.payment_id as payment_id,
    tickets.sale_id,
    'files' as source,
    tickets.store_id,
    payments.tender,
    cast(tickets.sold_at_local as date) as business_date,
    payments.amount
from warehouse.raw_files.payments as payments
inner join tickets on tickets.sale_id = 'files:' || payments.sale_id;

create table fct_sale_lines as
with return_tickets as (
    select 'files:' || sale_id as sale_id
    from warehouse.raw_files.sale_lines
    where line_type = 'goods'
    group by sale_id
    having max(quantity) < 0
),

promotions as (
    select
        promotion_id,
        min(name) as promotion
    from warehouse.raw_files.promotions
    group by promotion_id
)

select
    'files:' || lines.sale_line_id as sale_line_id,
    tickets.sale_id,
    'files' as source,
    tickets.store_id,
    'files:' || lines.product_id as product_id,
    tickets.customer_id,
    'files:' || lines.promotion_id as promotion_id,
    promotions.promotion,
    tickets.channel,
    tickets.sold_at,
    cast(tickets.sold_at_local as date) as business_date,
    cast(hour(tickets.sold_at_local) as integer) as hour,
    strftime(tickets.sold_at_local, '%a') as weekday,
    lines.line_type,
    lines.quantity,
    case when lines.line_type = 'goods' then greatest(lines.quantity, 0) else 0 end as units_sold,
    case when lines.line_type = 'goods' then greatest(-lines.quantity, 0) else 0 end as units_returned,
    case when lines.line_type = 'goods' then lines.quantity else 0 end as units_net,
    lines.unit_price,
    case lines.line_type when 'goods' then lines.discount_amount when 'discount' then -lines.net_amount end
    as discount_amount,
    case when lines.line_type = 'charge' then 0 else lines.net_amount end as net_amount,
    case when lines.line_type = 'charge' then 0 else lines.tax_amount end as tax_amount,
    case when lines.line_type = 'charge' then 0 else lines.gross_amount end as gross_amount,
    case when lines.line_type = 'charge' then lines.net_amount else 0 end as charges_amount,
    case when lines.line_type = 'goods' then cast(lines.unit_cost * lines.quantity as decimal(18, 4)) end
    as cost_amount,
    case when lines.line_type = 'goods' and lines.unit_cost is not null then lines.net_amount end
    as costed_net_amount,
    return_tickets.sale_id is not null as is_return_only_ticket,
    tickets.currency,
    lines.net_amount as net_amount_as_sold
from warehouse.raw_files.sale_lines as lines
inner join tickets on tickets.sale_id = 'files:' || lines.sale_id
left join promotions on promotions.promotion_id = lines.promotion_id
left join return_tickets on return_tickets.sale_id = tickets.sale_id;

create table fct_sales as
with lines as (
    select
        sale_id,
        count(*) as lines,
        sum(units_sold) as units_sold,
        sum(units_returned) as units_returned,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(charges_amount) as charges_amount
    from fct_sale_lines
    group by sale_id
),

payments as (
    select
        sale_id,
        sum(amount) as payments_amount
    from fct_payments
    group by sale_id
)

select
    tickets.sale_id,
    'files' as source,
    tickets.store_id,
    tickets.customer_id,
    tickets.channel,
    tickets.sold_at,
    cast(tickets.sold_at_local as date) as business_date,
    cast(hour(tickets.sold_at_local) as integer) as hour,
    lines.lines,
    cast(lines.units_sold as decimal(18, 4)) as units_sold,
    cast(lines.units_returned as decimal(18, 4)) as units_returned,
    cast(lines.net_amount as decimal(18, 4)) as net_amount,
    cast(lines.tax_amount as decimal(18, 4)) as tax_amount,
    cast(lines.gross_amount as decimal(18, 4)) as gross_amount,
    cast(lines.discount_amount as decimal(18, 4)) as discount_amount,
    cast(lines.charges_amount as decimal(18, 4)) as charges_amount,
    cast(payments.payments_amount as decimal(18, 4)) as payments_amount,
    lines.units_returned > 0 and lines.units_sold = 0 as is_return_only,
    tickets.cashier,
    tickets.register
from tickets
left join lines on lines.sale_id = tickets.sale_id
left join payments on payments.sale_id = tickets.sale_id;

create table fct_sales_daily as
select
    store_id,
    product_id,
    business_date,
    cast(sum(units_sold) as decimal(18, 4)) as units_sold,
    cast(sum(units_returned) as decimal(18, 4)) as units_returned,
    cast(sum(units_net) as decimal(18, 4)) as units_net,
    cast(sum(net_amount) as decimal(18, 4)) as net_amount,
    cast(sum(discount_amount) as decimal(18, 4)) as discount_amount,
    cast(sum(cost_amount) as decimal(18, 4)) as cost_amount,
    cast(sum(costed_net_amount) as decimal(18, 4)) as costed_net_amount,
    count(distinct sale_id) filter (where units_sold > 0) as transactions,
    bool_or(promotion_id is not null) as is_promoted
from fct_sale_lines
where line_type in ('goods', 'discount')
group by store_id, product_id, business_date;

create table fct_stock_daily as
with ledger as (
    select
        stores.store_id,
        'files:' || movements.product_id as product_id,
        cast(timezone(stores.time_zone, movements.moved_at) as date) as business_date,
        coalesce(sum(quantity) filter (where movement_type = 'opening'), 0) as opened,
        coalesce(sum(quantity) filter (where movement_type = 'receipt'), 0) as received,
        coalesce(-sum(quantity) filter (where movement_type = 'sale'), 0) as sold,
        coalesce(sum(quantity) filter (where movement_type = 'return'), 0) as returned,
        coalesce(sum(quantity) filter (where movement_type in ('transfer_in', 'transfer_out')), 0) as transferred,
        coalesce(sum(quantity) filter (where movement_type in ('shrinkage', 'adjustment')), 0) as adjusted,
        sum(quantity) as net_quantity
    from warehouse.raw_files.stock_movements as movements
    inner join dim_stores as stores on stores.store_code = movements.store_id
    group by all
),

days as (
    select
        ledger.store_id,
        ledger.product_id,
        cast(unnest(generate_series(min(ledger.business_date), any_value(stores.as_of_date), interval 1 day)) as date)
        as business_date
    from ledger
    inner join dim_stores as stores on stores.store_id = ledger.store_id
    group by ledger.store_id, ledger.product_id
),

stocked as (
    select
        days.store_id,
        days.product_id,
        days.business_date,
        coalesce(ledger.opened, 0) as opened,
        coalesce(ledger.received, 0) as received,
        coalesce(ledger.sold, 0) as sold,
        coalesce(ledger.returned, 0) as returned,
        coalesce(ledger.transferred, 0) as transferred,
        coalesce(ledger.adjusted, 0) as adjusted,
        coalesce(ledger.net_quantity, 0) as net_quantity,
        coalesce(sales.units_sold, 0) as units_sold,
        coalesce(sales.units_net, 0) as units_net,
        coalesce(sales.net_amount, 0) as net_amount,
        sum(coalesce(ledger.net_quantity, 0)) over history as on_hand
    from days
    left join ledger using (store_id, product_id, business_date)
    left join fct_sales_daily as sales using (store_id, product_id, business_date)
    window history as (partition by days.store_id, days.product_id order by days.business_date)
),

active as (
    select
        *,
        max(case when on_hand != 0 or units_sold > 0 or sold > 0 then business_date end) over history
        as last_active_date,
        sum(case when on_hand > 0 then 1 else 0 end) over history as in_stock_days
    from stocked
    window history as (partition by store_id, product_id order by business_date)
),

measured as (
    select
        *,
        least(in_stock_days, 28) as measured_days,
        sum(case when on_hand > 0 then units_sold else 0 end) over last_28_in_stock as recent_units_sold,
        sum(case when on_hand > 0 then units_net else 0 end) over last_28_in_stock as recent_units_net,
        sum(case when on_hand > 0 then net_amount else 0 end) over last_28_in_stock as recent_net_amount
    from active
    window last_28_in_stock as (
        partition by store_id, product_id
        order by in_stock_days
        range between 27 preceding and current row
    )
),

ranged as (
    select
        measured.*,
        stores.as_of_date,
        case
            when measured.business_date = stores.as_of_date then null
            when measured.on_hand > 0 or measured.business_date > products.discontinued_date then 0
            when measured.measured_days > 0
                then greatest(measured.recent_units_sold / measured.measured_days - measured.units_sold, 0)
            else 0
        end as lost_units,
        case when recent_units_net > 0 then recent_net_amount / recent_units_net end as usual_price
    from measured
    inner join dim_stores as stores on stores.store_id = measured.store_id
    inner join dim_products as products on products.product_id = measured.product_id
    where
        products.is_stocked
        and (
            measured.on_hand != 0
            or measured.business_date <= measured.last_active_date + 89
        )
),

first_costs as (
    select
        product_id,
        arg_min(unit_cost, cost_date) as unit_cost
    from daily_costs
    group by product_id
)

select
    ranged.store_id,
    ranged.product_id,
    ranged.business_date,
    cast(ranged.on_hand - ranged.net_quantity + ranged.opened as decimal(18, 4)) as opening,
    cast(ranged.received as decimal(18, 4)) as received,
    cast(ranged.sold as decimal(18, 4)) as sold,
    cast(ranged.returned as decimal(18, 4)) as returned,
    cast(ranged.transferred as decimal(18, 4)) as transferred,
    cast(ranged.adjusted as decimal(18, 4)) as adjusted,
    cast(ranged.on_hand as decimal(18, 4)) as on_hand,
    ranged.on_hand <= 0 as is_stockout,
    ranged.on_hand > 0 as is_in_stock,
    ranged.business_date < ranged.as_of_date as is_complete_day,
    ranged.units_sold,
    coalesce(costs.unit_cost, first_costs.unit_cost) as unit_cost,
    cast(ranged.on_hand * coalesce(costs.unit_cost, first_costs.unit_cost) as decimal(18, 4)) as stock_value,
    cast(ranged.lost_units as decimal(18, 4)) as lost_units_estimate,
    cast(case when ranged.lost_units = 0 then 0 else ranged.lost_units * ranged.usual_price end as decimal(18, 4))
    as lost_sales_estimate
from ranged
asof left join daily_costs as costs
    on costs.product_id = ranged.product_id and costs.cost_date <= ranged.business_date
left join first_costs on first_costs.product_id = ranged.product_id;

create table fct_purchase_order_lines as
with received as (
    select
        purchase_order_line_id,
        sum(receipts.quantity) as received_quantity,
        min(cast(timezone(stores.time_zone, receipts.received_at) as date)) as first_received_date,
        max(cast(timezone(stores.time_zone, receipts.received_at) as date)) as last_received_date
    from warehouse.raw_files.receipts as receipts
    inner join dim_stores as stores on stores.store_code = receipts.store_id
    group by purchase_order_line_id
)

select
    'files:' || order_lines.purchase_order_line_id as purchase_order_line_id,
    'files:' || order_lines.purchase_order_id as purchase_order_id,
    'files' as source,
    'files:' || orders.supplier_id as supplier_id,
    stores.store_id,
    'files:' || order_lines.product_id as product_id,
    coalesce(orders.status, 'open') as status,
    orders.ordered_at,
    cast(timezone(stores.time_zone, orders.ordered_at) as date) as ordered_date,
    cast(timezone(stores.time_zone, orders.expected_at) as date) as expected_date,
    received.first_received_date,
    received.last_received_date,
    order_lines.quantity as ordered_quantity,
    cast(coalesce(received.received_quantity, 0) as decimal(18, 4)) as received_quantity,
    coalesce(orders.status, 'open') = 'open'
    and coalesce(received.received_quantity, 0) < order_lines.quantity as is_open,
    order_lines.unit_cost
from warehouse.raw_files.purchase_order_lines as order_lines
inner join warehouse.raw_files.purchase_orders as orders on orders.purchase_order_id = order_lines.purchase_order_id
inner join dim_stores as stores on stores.store_code = orders.store_id
left join received on received.purchase_order_line_id = order_lines.purchase_order_line_id;

create table fct_stock_levels as
with demand as (
    select
        store_id,
        product_id,
        cast(sum(units_sold) as double) / count(*) as mean_daily_units
    from (
        select *
        from fct_stock_daily
        where is_in_stock and is_complete_day
        qualify row_number() over (partition by store_id, product_id order by business_date desc) <= 28
    )
    group by store_id, product_id
),

ordered as (
    select
        store_id,
        product_id,
        sum(ordered_quantity - received_quantity) as on_order
    from fct_purchase_order_lines
    where is_open
    group by store_id, product_id
),

last_sales as (
    select
        store_id,
        product_id,
        max(business_date) as last_sold_date
    from fct_sales_daily
    where units_sold > 0
    group by store_id, product_id
),

last_receipts as (
    select
        store_id,
        product_id,
        max(business_date) as last_received_date
    from fct_stock_daily
    where received > 0
    group by store_id, product_id
)

select
    stores.store_id,
    products.product_id,
    stores.as_of_date,
    levels.on_hand,
    coalesce(levels.reserved, 0) as reserved,
    levels.on_hand - coalesce(levels.reserved, 0) as available,
    coalesce(ordered.on_order, 0) as on_order,
    products.unit_cost,
    cast(levels.on_hand * products.unit_cost as decimal(18, 4)) as stock_value,
    demand.mean_daily_units,
    case
        when demand.mean_daily_units > 0
            then (levels.on_hand - coalesce(levels.reserved, 0)) / demand.mean_daily_units
    end as days_of_cover,
    last_sales.last_sold_date,
    last_receipts.last_received_date
from warehouse.raw_files.stock_levels as levels
inner join dim_stores as stores on stores.store_code = levels.store_id
inner join dim_products as products on products.product_id = 'files:' || levels.product_id
left join demand on demand.store_id = stores.store_id and demand.product_id = products.product_id
left join ordered on ordered.store_id = stores.store_id and ordered.product_id = products.product_id
left join last_sales on last_sales.store_id = stores.store_id and last_sales.product_id = products.product_id
left join last_receipts on last_receipts.store_id = stores.store_id and last_receipts.product_id = products.product_id;

create table fct_stock_ageing as
with layers as (
    select
        store_id,
        product_id,
        business_date,
        opening * cast(business_date = min(business_date) over (partition by store_id, product_id) as integer)
        + received + greatest(transferred, 0) + greatest(adjusted, 0) + returned as quantity
    from fct_stock_daily
),

stacked as (
    select
        levels.store_id,
        levels.product_id,
        levels.unit_cost,
        levels.on_hand,
        levels.as_of_date - layers.business_date as age_days,
        layers.quantity,
        sum(layers.quantity) over (
            partition by layers.store_id, layers.product_id order by layers.business_date desc
        ) - layers.quantity as newer_quantity
    from layers
    inner join fct_stock_levels as levels using (store_id, product_id)
    where layers.quantity > 0 and levels.on_hand > 0
)

select
    store_id,
    product_id,
    case
        when age_days <= 30 then '0-30'
        when age_days <= 60 then '31-60'
        when age_days <= 90 then '61-90'
        when age_days <= 180 then '91-180'
        else '181+'
    end as age_bucket,
    cast(sum(least(quantity, on_hand - newer_quantity)) as decimal(18, 4)) as units,
    cast(sum(least(quantity, on_hand - newer_quantity) * unit_cost) as decimal(18, 4)) as stock_value
from stacked
where newer_quantity < on_hand
group by all;

create table fct_supplier_performance as
select
    'files:' || suppliers.supplier_id as supplier_id,
    count(distinct lines.purchase_order_id) as orders,
    count(lines.purchase_order_line_id) as order_lines,
    avg(lines.first_received_date - lines.ordered_date) as mean_lead_time_days,
    quantile_cont(lines.first_received_date - lines.ordered_date, 0.9) as p90_lead_time_days,
    avg(cast(lines.last_received_date <= lines.expected_date
    and lines.received_quantity >= lines.ordered_quantity as integer)) as on_time_rate,
    sum(least(lines.received_quantity, lines.ordered_quantity)) / nullif(sum(lines.ordered_quantity), 0) as fill_rate
from warehouse.raw_files.suppliers as suppliers
left join fct_purchase_order_lines as lines
    on lines.supplier_id = 'files:' || suppliers.supplier_id and lines.status in ('open', 'closed')
group by suppliers.supplier_id;
