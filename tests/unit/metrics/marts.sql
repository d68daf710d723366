-- A chain of three stores, small enough to add up by hand. `secret.canary` is what the guard must never let anybody read.
create schema marts;
create schema secret;
create table secret.canary as select 'CANARY-7f3a' as word, 1 as store_id;

create table marts.dim_dates as
select
    day::date as date_day, strftime(day, '%a') as weekday, isodow(day)::integer as weekday_number,
    date_trunc('week', day)::date as week_start_date, date_trunc('month', day)::date as month_start_date,
    quarter(day)::integer as quarter, year(day)::integer as year
from generate_series(date '2023-01-01', date '2025-12-31', interval 1 day) as days (day);

create table marts.dim_stores as
select * from (values
    ('files:S1', 'Harbour', 'S1', 'files', 'Europe/Paris', 'EUR', 'FR', date '2020-01-01', null::date),
    ('files:S2', 'Old Town', 'S2', 'files', 'Europe/Paris', 'EUR', 'FR', date '2021-01-01', null::date),
    ('files:S3', 'CANARY-store', 'S3', 'files', 'Europe/Paris', 'EUR', 'FR', date '2022-01-01', null::date)
) as stores (store_id, store, store_code, source, time_zone, currency, country, opened_date, closed_date);

create table marts.dim_products as
select
    'files:' || sku as product_id, product, product as name, sku, sku || '0' as barcode, department, category,
    department || ' > ' || category as category_path, brand, 'each' as unit, list_price::decimal(18, 4) as list_price,
    unit_cost::decimal(18, 4) as unit_cost, 0.08::decimal(18, 4) as tax_rate, true as is_stocked, null::integer as shelf_life_days,
    true as is_active, null::varchar as variant_of, date '2024-01-01' as launched_date, null::date as discontinued_date,
    'files:V1' as supplier_id, 'Valley Foods' as supplier, 'goods' as kind, 'files' as source
from (values
    ('P1', 'Farmer''s Loaf', 'Food', 'Bakery', 'Own', 4, 2),
    ('P2', '{{ 7*7 }} Party Banner', 'Home', 'Party', 'Fun', 10, 5),
    ('P3', 'Milk', 'Food', 'Dairy', 'Own', 2, null),
    ('P4', '{% raw %}"; drop table x; -- {# é', 'Home', 'Party', 'Fun', 8, 3)
) as products (sku, product, department, category, brand, list_price, unit_cost);

create table marts.dim_suppliers as
select 'files:V1' as supplier_id, 'Valley Foods' as supplier, 50::decimal(18, 4) as supplier_minimum_amount, 'mon' as order_days, 'EUR' as currency, 'files' as source;

create table marts.dim_customers as
select 'files:C' || i as customer_id, date '2024-01-01' as joined_date, true as has_marketing_consent, 'files' as source from range(1, 4) as r (i);

create table marts.dim_promotions as
select 'files:R1' as promotion_id, 'Spring' as promotion, 'discount' as kind, date '2025-01-01' as starts_date, date '2025-12-31' as ends_date, 'files' as source;

create table marts.dim_capabilities as
select * from (values
    ('files', 'sale_lines', true, null), ('files', 'payments', true, null), ('files', 'stock_levels', true, null),
    ('files', 'stock_movements', true, null), ('files', 'purchase_orders', false, 'no file purchase_orders')
) as capabilities (source, table_name, is_available, note);

create table marts.fct_sale_lines as
with tickets as (
    select
        i as ticket, date '2024-12-23' + (i % 28)::integer as business_date, 'files:S' || (1 + i % 3) as store_id,
        case when i % 4 = 0 then 'files:C' || (1 + i % 3) end as customer_id, 9 + i % 10 as hour
    from range(0, 168) as r (i)
),
lines as (
    select tickets.*, line, 'files:P' || (1 + (ticket + line) % 4) as product_id,
        case when ticket % 21 = 20 then -1 else 1 + (ticket + line) % 3 end::decimal(18, 4) as quantity
    from tickets, range(0, 2) as l (line)
)
select
    'files:T' || ticket || ':' || line as sale_line_id, 'files:T' || ticket as sale_id, 'files' as source, store_id, product_id,
    customer_id, case when ticket % 5 = 0 then 'files:R1' end as promotion_id, case when ticket % 5 = 0 then 'Spring' end as promotion,
    'pos' as channel, business_date + to_hours(hour) as sold_at, business_date, hour::integer as hour, strftime(business_date, '%a') as weekday,
    'goods' as line_type, quantity, greatest(quantity, 0)::decimal(18, 4) as units_sold, greatest(-quantity, 0)::decimal(18, 4) as units_returned,
    quantity as units_net, list_price as unit_price, 0.5::decimal(18, 4) as discount_amount,
    (quantity * list_price - 0.5)::decimal(18, 4) as net_amount, ((quantity * list_price - 0.5) * 0.1)::decimal(18, 4) as tax_amount,
    ((quantity * list_price - 0.5) * 1.1)::decimal(18, 4) as gross_amount, 0::decimal(18, 4) as charges_amount,
    (quantity * unit_cost)::decimal(18, 4) as cost_amount,
    (case when unit_cost is not null then quantity * list_price - 0.5 end)::decimal(18, 4) as costed_net_amount,
    ticket % 21 = 20 as is_return_only_ticket, 'EUR' as currency, (quantity * list_price - 0.5)::decimal(18, 4) as net_amount_as_sold
from lines inner join marts.dim_products using (product_id);

create table marts.fct_sales as
select
    sale_id, source, store_id, customer_id, channel, min(sold_at) as sold_at, business_date, hour, count(*) as lines, sum(units_sold) as units_sold,
    sum(units_returned) as units_returned, sum(net_amount) as net_amount, sum(tax_amount) as tax_amount, sum(gross_amount) as gross_amount,
    sum(discount_amount) as discount_amount, sum(charges_amount) as charges_amount, sum(gross_amount) as payments_amount,
    is_return_only_ticket as is_return_only, 'Ann' as cashier, '1' as register
from marts.fct_sale_lines group by all;

create table marts.fct_payments as
select 'files:Y' || row_number() over (order by sale_id) as payment_id, sale_id, source, store_id,
    case when hour % 2 = 0 then 'cash' else 'card' end as tender, business_date, gross_amount as amount
from marts.fct_sales;

create table marts.fct_sales_daily as
select store_id, product_id, business_date, sum(units_sold) as units_sold, sum(units_returned) as units_returned, sum(units_net) as units_net,
    sum(net_amount) as net_amount, sum(discount_amount) as discount_amount, sum(cost_amount) as cost_amount,
    sum(costed_net_amount) as costed_net_amount, count(distinct sale_id) as transactions, bool_or(promotion_id is not null) as is_promoted
from marts.fct_sale_lines group by all;

create table marts.fct_stock_levels as
select store_id, product_id, date '2025-01-19' as as_of_date, on_hand, 1::decimal(18, 4) as reserved, on_hand - 1 as available,
    null::decimal(18, 4) as on_order, unit_cost, on_hand * unit_cost as stock_value, 2::double as mean_daily_units,
    (on_hand - 1) / 2.0 as days_of_cover, date '2025-01-18' as last_sold_date, null::date as last_received_date
from (select store_id, product_id, unit_cost, 10::decimal(18, 4) as on_hand from marts.dim_stores, marts.dim_products);

create table marts.fct_stock_daily as
select
    store_id, product_id, date_day as business_date, on_hand + 1 as opening, 1::decimal(18, 4) as received, 2::decimal(18, 4) as sold,
    0::decimal(18, 4) as returned, 0::decimal(18, 4) as transferred, 0::decimal(18, 4) as adjusted, on_hand, on_hand <= 0 as is_stockout,
    on_hand > 0 as is_in_stock, date_day < date '2025-01-19' as is_complete_day, 2::decimal(18, 4) as units_sold, unit_cost, on_hand * unit_cost as stock_value,
    case when on_hand <= 0 then 1.5 else 0 end as lost_units_estimate, case when on_hand <= 0 then 1.5 * list_price else 0 end as lost_sales_estimate
from (
    select store_id, product_id, date_day, unit_cost, list_price, greatest(date '2025-01-17' - date_day, 0)::decimal(18, 4) as on_hand
    from marts.dim_dates, marts.dim_stores, marts.dim_products where date_day between date '2024-12-23' and date '2025-01-19'
);

create table marts.fct_stock_ageing as
select store_id, product_id, as_of_date, '0-30' as age_bucket, on_hand as units, stock_value from marts.fct_stock_levels;

create table marts.fct_quarantine as
select 'files' as source, 'sale_lines' as table_name, 'x.csv' as file, 3 as line, 'bad' as reason, 'CANARY-row' as row_text;
