with sold as (
    select
        invoice_rows.row_key,
        invoice_rows.document_key,
        invoice_rows.item_code,
        invoice_rows.warehouse,
        invoice_rows.stock_qty as quantity
    from {{ ref('stg_erpnext__invoice_rows') }} as invoice_rows
    union all
    select
        'pos:packed:' || packed.name as row_key,
        'pos:' || packed.parent as document_key,
        packed.item_code,
        packed.warehouse,
        packed.qty as quantity
    from {{ source('raw_erpnext', 'pos_invoice_packed_item') }} as packed
)

select
    sold.row_key,
    documents.name as document,
    sold.item_code,
    coalesce(sold.warehouse, documents.warehouse) as warehouse,
    documents.posted_at,
    sold.quantity
from sold
inner join {{ ref('stg_erpnext__sales_documents') }} as documents on sold.document_key = documents.document_key
inner join {{ ref('stg_erpnext__items') }} as items on sold.item_code = items.item_code
where
    documents.is_stock_pending
    and items.is_stocked
