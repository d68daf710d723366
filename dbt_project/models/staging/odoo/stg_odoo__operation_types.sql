-- A warehouse names its own types; types that a shop added are known where they may be read themselves.
with named as (
    select
        id as operation_type_id,
        warehouse_id,
        1 as preference
    from {{ source('raw_odoo', 'stock_picking_type') }}
    {% for column in ['in_type_id', 'out_type_id', 'int_type_id', 'pos_type_id'] %}
    union all
    select
        {{ column }} as operation_type_id,
        id as warehouse_id,
        2 as preference
    from {{ source('raw_odoo', 'stock_warehouse') }}
    {% endfor %}
)

select
    operation_type_id,
    arg_min(warehouse_id, preference) as warehouse_id
from named
where
    operation_type_id is not null
    and warehouse_id is not null
group by operation_type_id
