-- A sale has no location of its own: it is the one of its first line.
with placed as (
    select
        sale_id,
        arg_min(item_location, row(line, item_id)) as location_id
    from {{ source('raw_ospos', 'sales_items') }}
    group by sale_id
)

select
    'ospos' as source,
    'ospos:' || sales.sale_id as sale_id,
    'ospos:' || placed.location_id as store_id,
    sales.sale_time as sold_at,
    'ospos:' || sales.customer_id as customer_id,
    'pos' as channel,
    case
        when sales.sale_status = 0 and sales.sale_type in (0, 1, 4) then 'completed'
        when sales.sale_status = 2 then 'cancelled'
        else 'draft'
    end as status,
    cast(sales.employee_id as varchar) as cashier,
    cast(null as varchar) as register,
    cast(null as varchar) as currency
from {{ source('raw_ospos', 'sales') }} as sales
inner join placed on sales.sale_id = placed.sale_id
