-- One query a line that an analyst may write; each passes the guard and gives rows.
select * from fct_sales
select count(*) from marts.fct_sales
SELECT count(*) AS n FROM warehouse.marts.fct_sales
from dim_stores
from dim_stores select store
select s.store, sum(net_amount) as "Net Sales" from fct_sales f join dim_stores s using (store_id) group by 1 order by 2 desc limit 5
select s.store, p.category, sum(l.net_amount) from fct_sale_lines l join dim_stores s on s.store_id = l.store_id join dim_products p on p.product_id = l.product_id group by all order by all
with a as (select store_id, sum(net_amount) n from fct_sales group by all) select store_id, n, n / sum(n) over () share, rank() over (order by n desc) r from a qualify r <= 2
with a as (select store_id, sum(net_amount) n from fct_sales group by 1), b as (select * from a where n > 0) select * from b
select f.*, t.total from fct_sales f cross join (select sum(net_amount) total from fct_sales) t
select a.n, b.m from (select count(*) n from fct_sales) a cross join (select max(net_amount) m from fct_sales) b
select count(*) filter (where hour > 12) n, median(net_amount), quantile_cont(net_amount, 0.5), percentile_cont(0.5) within group (order by net_amount) from fct_sales
select business_date - interval 7 day, extract(dow from business_date), dayname(business_date), strftime(business_date, '%Y-%m'), business_date + 1 from fct_sales
select date_trunc('month', business_date) as month, sum(net_amount) from fct_sales group by 1 order by 1
select net_amount * 2 as x, x + 1 as y from fct_sales where x > 3
select store_id s, count(*) from fct_sales group by s having count(*) > 1
select upper(store) || '-' || store_code, concat(store, 'x'), store ilike 'h%', regexp_matches(store, 'H'), substring(store, 1, 2), trim(store), length(store), left(store, 2) from dim_stores
select sale_id from fct_sales union all select sale_id from fct_payments order by 1
select store_id from dim_stores except select store_id from fct_sales where hour > 100
select store_id from dim_stores intersect select store_id from fct_sales
select * exclude (cashier) from fct_sales
select case when net_amount > 5 then 'a' else 'b' end k, cast(net_amount as int), net_amount::double, try_cast(store_id as int), round(net_amount, 1), coalesce(customer_id, '-') from fct_sales
select sale_id from fct_sales where customer_id is null and store_id in (select store_id from dim_stores where store like 'H%') and exists (select 1 from fct_payments p where p.sale_id = fct_sales.sale_id)
select sale_id from fct_sales where net_amount > (select avg(net_amount) from fct_sales)
select count(distinct store_id), approx_count_distinct(store_id), arg_max(store_id, net_amount), any_value(store_id), bool_or(hour > 1), stddev(net_amount), mode(store_id), count_if(hour > 12) from fct_sales
select business_date, sum(net_amount), lag(sum(net_amount)) over (order by business_date), avg(sum(net_amount)) over (order by business_date rows between 6 preceding and current row) from fct_sales group by rollup (business_date)
select greatest(1, 2), least(1, 2), abs(-1), floor(1.5), power(2, 3), sqrt(4), ln(2), 5 // 2, 5 % 2, nullif(1, 1), 2 ** 3
select store, row_number() over w from dim_stores window w as (order by store)
select distinct on (store_id) store_id, net_amount from fct_sales order by store_id, net_amount desc
select date '2025-01-01' d, timestamp '2025-01-01 10:00:00' t, make_date(2025, 1, 1), current_date
select year(business_date), month(business_date), day(business_date), week(business_date), quarter(business_date), hour(sold_at), isodow(business_date), date_part('month', business_date), last_day(business_date), date_add(business_date, interval 1 month), date_diff('day', business_date, current_date) from fct_sales
select product, units_sold from fct_sales_daily d left join dim_products p on d.product_id = p.product_id and d.units_sold > 0 where product = 'Farmer''s Loaf' limit 3
select a.store_id, b.business_date from fct_sales_daily a full outer join fct_stock_daily b on a.store_id = b.store_id and a.product_id = b.product_id and a.business_date = b.business_date
select a.store_id from fct_sales_daily a join fct_stock_daily b on a.store_id is not distinct from b.store_id and a.product_id = b.product_id and b.business_date between a.business_date and a.business_date + 1
select STORE, "Store_Id" from DIM_STORES
select 'a;b' as "semi;colon", '--' as dashes, '/* */' as stars
