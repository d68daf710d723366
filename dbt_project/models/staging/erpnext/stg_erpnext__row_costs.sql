{{ config(materialized='table') }}

with consolidated as (
    select
        pos_invoice_item as name,
        max(nullif(incoming_rate, 0)) as incoming_rate
    from {{ source('raw_erpnext', 'sales_invoice_item') }}
    where pos_invoice_item is not null
    group by pos_invoice_item
),

packed as (
    select
        'pos:' || parent_detail_docname as row_key,
        item_code,
        warehouse,
        qty,
        nullif(incoming_rate, 0) as incoming_rate
    from {{ source('raw_erpnext', 'pos_invoice_packed_item') }}
    union all
    select
        parent_detail_docname as row_key,
        item_code,
        warehouse,
        qty,
        nullif(incoming_rate, 0) as incoming_rate
    from {{ source('raw_erpnext', 'sales_invoice_packed_item') }}
),

-- Of a bundle the parts cost something, of anything else the item itself.
parts as (
    select
        invoice_rows.row_key,
        invoice_rows.document_key,
        invoice_rows.stock_qty,
        coalesce(packed.item_code, invoice_rows.item_code) as item_code,
        coalesce(packed.warehouse, invoice_rows.warehouse) as warehouse,
        coalesce(packed.qty, invoice_rows.stock_qty) as part_qty,
        case
            when packed.row_key is not null then packed.incoming_rate
            else coalesce(nullif(invoice_rows.incoming_rate, 0), consolidated.incoming_rate)
        end as incoming_rate
    from {{ ref('stg_erpnext__invoice_rows') }} as invoice_rows
    left join packed on invoice_rows.row_key = packed.row_key
    left join consolidated on invoice_rows.row_key = 'pos:' || consolidated.name
),

stocked_parts as (
    select
        parts.row_key,
        parts.stock_qty,
        parts.item_code,
        parts.warehouse,
        parts.part_qty,
        parts.incoming_rate,
        documents.posted_at
    from parts
    inner join {{ ref('stg_erpnext__items') }} as items on parts.item_code = items.item_code
    inner join {{ ref('stg_erpnext__sales_documents') }} as documents on parts.document_key = documents.document_key
    where items.is_stocked
),

valuations as (
    select
        item_code,
        warehouse,
        posted_at,
        arg_max(valuation_rate, creation) as valuation_rate
    from {{ source('raw_erpnext', 'stock_ledger_entry') }}
    where
        not coalesce(is_cancelled, false)
        and valuation_rate > 0
    group by item_code, warehouse, posted_at
),

-- What a till sold has no cost of its own until its session is closed: the stock's value at that moment stands in.
costed as (
    select
        stocked_parts.row_key,
        stocked_parts.stock_qty,
        stocked_parts.part_qty,
        coalesce(stocked_parts.incoming_rate, valuations.valuation_rate) as rate
    from stocked_parts
    asof left join valuations
        on
            stocked_parts.item_code = valuations.item_code
            and stocked_parts.warehouse = valuations.warehouse
            and stocked_parts.posted_at >= valuations.posted_at
)

select
    row_key,
    case
        when bool_and(rate is not null) then sum(cast(part_qty as double) * rate) / nullif(any_value(stock_qty), 0)
    end as unit_cost
from costed
group by row_key
