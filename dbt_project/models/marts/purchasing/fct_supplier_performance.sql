with lines as (
    select
        order_lines.supplier_id,
        order_lines.purchase_order_id,
        order_lines.ordered_quantity,
        order_lines.received_quantity,
        order_lines.first_received_date - order_lines.ordered_date as lead_time_days,
        order_lines.last_received_date <= order_lines.expected_date
        and order_lines.received_quantity >= order_lines.ordered_quantity as is_on_time,
        order_lines.expected_date < stores.as_of_date
        or order_lines.received_quantity >= order_lines.ordered_quantity as is_due,
        order_lines.expected_date is not null as is_promised
    from {{ ref('fct_purchase_order_lines') }} as order_lines
    inner join {{ ref('int_stores_completed') }} as stores on order_lines.store_id = stores.store_id
    where order_lines.status in ('open', 'closed')
),

measured as (
    select
        supplier_id,
        count(distinct purchase_order_id) as orders,
        count(*) as order_lines,
        avg(lead_time_days) as mean_lead_time_days,
        quantile_cont(lead_time_days, 0.9) as p90_lead_time_days,
        stddev_samp(lead_time_days) as lead_time_days_deviation,
        avg(case when coalesce(is_on_time, false) then 1.0 else 0.0 end)
        filter (where is_promised and is_due) as on_time_rate,
        sum(least(received_quantity, ordered_quantity)) filter (where is_due)
        / nullif(sum(ordered_quantity) filter (where is_due), 0) as fill_rate
    from lines
    group by supplier_id
)

select
    suppliers.supplier_id,
    suppliers.supplier,
    suppliers.source,
    cast(coalesce(measured.orders, 0) as integer) as orders,
    cast(coalesce(measured.order_lines, 0) as integer) as order_lines,
    cast(measured.mean_lead_time_days as double) as mean_lead_time_days,
    cast(measured.p90_lead_time_days as double) as p90_lead_time_days,
    cast(measured.lead_time_days_deviation as double) as lead_time_days_deviation,
    cast(measured.on_time_rate as double) as on_time_rate,
    cast(measured.fill_rate as double) as fill_rate
from {{ ref('dim_suppliers') }} as suppliers
left join measured on suppliers.supplier_id = measured.supplier_id
