with bundles as (
    select distinct new_item_code as item_code
    from {{ source('raw_erpnext', 'product_bundle') }}
)

select
    item.name as item_code,
    item.item_name,
    item.item_group,
    item.brand,
    item.stock_uom,
    item.purchase_uom,
    item.disabled,
    item.variant_of,
    item.standard_rate,
    item.valuation_rate,
    item.last_purchase_rate,
    item.shelf_life_in_days,
    item.end_of_life,
    item.lead_time_days,
    item.min_order_qty,
    coalesce(item.has_variants, false) as is_template,
    coalesce(item.is_stock_item, false) as is_stocked,
    case
        when coalesce(item.is_fixed_asset, false) then 'charge'
        when item.is_stock_item or bundles.item_code is not null or item.delivered_by_supplier then 'goods'
        when {{ names_a_charge("concat_ws(' ', item.name, item.item_name)") }} then 'charge'
        else 'goods'
    end as kind
from {{ source('raw_erpnext', 'item') }} as item
left join bundles on item.name = bundles.item_code
