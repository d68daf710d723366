with invoice_rows as (
    select
        'pos:' || name as row_key,
        'pos:' || parent as document_key,
        name,
        idx,
        item_code,
        warehouse,
        qty,
        stock_qty,
        price_list_rate,
        rate,
        amount,
        net_amount,
        distributed_discount_amount,
        cast(null as decimal(18, 4)) as incoming_rate
    from {{ source('raw_erpnext', 'pos_invoice_item') }}
    union all
    select
        name as row_key,
        parent as document_key,
        name,
        idx,
        item_code,
        warehouse,
        qty,
        stock_qty,
        price_list_rate,
        rate,
        amount,
        net_amount,
        distributed_discount_amount,
        incoming_rate
    from {{ source('raw_erpnext', 'sales_invoice_item') }}
)

select
    invoice_rows.row_key,
    invoice_rows.document_key,
    invoice_rows.name,
    invoice_rows.idx,
    invoice_rows.item_code,
    coalesce(invoice_rows.warehouse, documents.warehouse) as warehouse,
    invoice_rows.qty,
    coalesce(invoice_rows.stock_qty, invoice_rows.qty) as stock_qty,
    invoice_rows.price_list_rate,
    invoice_rows.rate,
    invoice_rows.amount,
    invoice_rows.net_amount,
    coalesce(invoice_rows.distributed_discount_amount, 0) as distributed_discount_amount,
    invoice_rows.incoming_rate
from invoice_rows
inner join {{ ref('stg_erpnext__sales_documents') }} as documents
    on invoice_rows.document_key = documents.document_key
where documents.docstatus = 1
