-- Plausible rows of the forecast and replenishment tables over the small demo, for the pages: numbers that add up as
-- docs/replenishment.md says, from stock and sales that are there. Not the policy: `forecasting.replenishment` is.

delete from marts.fct_demand_daily;
delete from marts.fct_forecast_scenarios;
delete from marts.fct_stock_risk;
delete from marts.fct_reorder_drafts;
delete from marts.fct_order_cost_curves;
delete from marts.fct_lead_times;
delete from marts.fct_forecast_history;

create temp table pairs as
select
    forecast.series_id, stock.store_id, product.product_id, product.sku, product.product, product.category,
    product.supplier_id, product.supplier, product.unit_cost, product.list_price, stock.on_hand, stock.reserved,
    stock.available, stock.on_order, stock.as_of_date, greatest(forecast.mean_daily_units, 0.1) as daily,
    row_number() over (order by product.product_id, stock.store_id) as number
from marts.fct_stock_levels as stock
join marts.dim_products as product using (product_id)
join marts.fct_forecast_series as forecast
    on forecast.product_id = stock.product_id and forecast.store_id = stock.store_id
where product.is_active;

insert into marts.fct_demand_daily
select
    pairs.series_id, sold.store_id, sold.product_id, sold.business_date, sold.units_sold,
    case when out.is_stockout then round(pairs.daily * 1.3, 1) else sold.units_sold end,
    case when out.is_stockout then 0.4 else 1 end, not coalesce(out.is_stockout, false), sold.is_promoted
from pairs
join marts.fct_sales_daily as sold using (store_id, product_id)
left join marts.fct_stock_daily as out using (store_id, product_id, business_date)
where sold.business_date < pairs.as_of_date;

insert into marts.fct_forecast_scenarios
select series_id, store_id, product_id, name, change, promoted, target_date, q10 * factor, q50 * factor, q90 * factor
from marts.fct_forecasts
cross join (
    values ('baseline', 0, null, 1), ('promotion', 0, true, 1.6), ('no_promotion', 0, false, 0.9),
    ('price_-20%', -0.2, null, 1.5), ('price_-10%', -0.1, null, 1.2), ('price_+10%', 0.1, null, 0.85),
    ('price_+20%', 0.2, null, 0.7)
) as scenarios (name, change, promoted, factor)
where level = 'product_store';

insert into marts.fct_stock_risk
select
    product_id, sku, product, category, store_id, supplier_id, supplier, on_hand, reserved, available, on_order,
    available + on_order, daily, greatest(available, 0) / daily,
    case when on_order > 0 then as_of_date + 2 end,
    as_of_date + cast(least(greatest(available, 0) / daily * 0.7, 28) as integer),
    case when available / daily < 25 then as_of_date + cast(greatest(available, 0) / daily as integer) end,
    case when available / daily < 20 then as_of_date + cast(greatest(available, 0) / daily * 1.4 as integer) end,
    least(1, 3 / greatest(available / daily, 3)), least(1, 8 / greatest(available / daily, 8)),
    least(1, 18 / greatest(available / daily, 18)),
    round(greatest(daily * 14 - available - on_order, 0), 1),
    round(greatest(daily * 14 - available - on_order, 0) * list_price, 2),
    ['A', 'B', 'C'][1 + number % 3], ['X', 'Y', 'Z'][1 + number % 3],
    case when number % 9 = 0 then 'low' else 'ok' end, available + on_order < daily * 14
from pairs;

create temp table needs as
select
    pairs.*, available + on_order as position, round(daily * 14 * 1.25, 1) as up_to,
    case when number % 4 = 0 then 6 else 1 end as pack, number % 5 = 1 and daily < 3 as is_transfer
from pairs
where available + on_order < daily * 14;

create temp table quantities as
select *, ceil((up_to - position) / pack) * pack as quantity, supplier_minimum_amount as minimum
from needs
left join marts.dim_suppliers using (supplier_id);

insert into marts.fct_reorder_drafts by name
select
    substr(sha256(product_id || '|' || store_id || '|' || (as_of_date + 3)), 1, 16) as draft_id, 'test' as run_id,
    case when is_transfer then 'transfer' else 'order' end as kind, product_id, sku, product, category, store_id,
    case when is_transfer then (select min(s.store_id) from marts.dim_stores as s where s.store_id != q.store_id) end
        as from_store_id,
    case when not is_transfer then supplier_id end as supplier_id, case when not is_transfer then q.supplier end as supplier,
    as_of_date + if(is_transfer, 0, 1) as order_date, as_of_date + if(is_transfer, 1, 3) as delivery_date,
    quantity as order_quantity, unit_cost, if(is_transfer, 0, quantity * unit_cost) as order_amount, 'USD' as currency,
    least(0.98, daily * 14 / (position + daily * 7)) as stockout_risk,
    as_of_date + cast(greatest(position, 0) / daily as integer) as stockout_date,
    greatest(available, 0) / daily as days_of_cover, 0.92 as service_level,
    case when pack > 1 then 'pack_size' else 'none' end as binding_constraint,
    case when number % 7 = 0 then '["low_evidence", "late_for_stockout"]' else '[]' end as flags,
    case when number % 7 = 0 then 'low' else 'ok' end as evidence, 'combination(bundled+moving_average)' as model_name,
    round(greatest(up_to - position, 0) * (list_price - unit_cost) * 0.6, 2) as cost_of_not_ordering,
    to_json({
        protection_days: 14, protection_end: as_of_date + 15, lead_time_days: 2, lead_time_q90_days: 4,
        lead_time_source: 'learnt from 14 receipts', review_period_days: 7, next_delivery_date: as_of_date + 10,
        demand_p50: round(daily * 14, 1), demand_at_service_level: up_to, mean_demand: daily * 14.2,
        service_level: 0.92, service_level_source: 'critical ratio', on_hand: on_hand, reserved: reserved,
        available: available, on_order: on_order, expiring: 0, inventory_position: position, order_up_to: up_to,
        unrounded_quantity: up_to - position, moq: null, pack_size: pack, supplier_minimum_amount: minimum,
        shelf_life_days: null, binding_constraint: case when pack > 1 then 'pack_size' else 'none' end,
        stockout_risk_if_not_ordered: least(0.98, daily * 14 / (position + daily * 7)), stockout_risk_if_ordered: 0.08,
        expected_lost_units_if_not_ordered: round(greatest(daily * 14 - position, 0), 1),
        cost_of_not_ordering: round((up_to - position) * (list_price - unit_cost) * 0.6, 2),
        cost_of_ordering: round(quantity * 0.05, 2), unit_cost: unit_cost, unit_margin: list_price - unit_cost,
        currency: 'USD', abc_class: 'A', xyz_class: 'X',
        terms: {lead_time_days: 'learnt from 14 receipts', pack_size: 'supplier', moq: 'assumed'}
    }) as reasons
from quantities as q;

insert into marts.fct_order_cost_curves
select
    draft_id, store_id, round(order_quantity * step / 4), order_quantity * step / 4 * 0.05,
    cost_of_not_ordering * exp(-step / 2), 0,
    order_quantity * step / 4 * 0.05 + cost_of_not_ordering * exp(-step / 2)
from marts.fct_reorder_drafts
cross join range(0, 9) as steps (step)
where kind = 'order';

insert into marts.fct_lead_times
select
    supplier_id, supplier, null, mean_agreed_lead_time_days, 14, mean_agreed_lead_time_days + 1,
    mean_agreed_lead_time_days + 3, mean_agreed_lead_time_days + 1.2, 1.1, 0.2, 'learnt from 14 receipts'
from marts.dim_suppliers;

insert into marts.fct_forecast_history
select
    'run' || week, 'evaluation', (select max(cutoff_date) from marts.fct_forecasts) - cast(week * 7 as integer),
    model_name, segment, series, wql * (1 + week % 3 * 0.02), mase, wape, bias, coverage_10, coverage_90, wql, week = 0
from marts.fct_forecast_accuracy
cross join range(0, 6) as weeks (week);
