with tenders as (
    select
        'pos:' || name as payment_code,
        'pos:' || parent as document_key,
        idx,
        mode_of_payment,
        type,
        amount
    from {{ source('raw_erpnext', 'pos_invoice_payment') }}
    union all
    select
        name as payment_code,
        parent as document_key,
        idx,
        mode_of_payment,
        type,
        amount
    from {{ source('raw_erpnext', 'sales_invoice_payment') }}
),

-- A till lists every way to pay, those that were not used with nothing in them.
taken as (
    select
        tenders.payment_code,
        tenders.document_key,
        tenders.mode_of_payment,
        tenders.amount
    from tenders
    where tenders.amount != 0
),

-- Change is given in cash.
change_tenders as (
    select
        document_key,
        arg_min(mode_of_payment, row(type is distinct from 'Cash', amount = 0, idx)) as mode_of_payment
    from tenders
    group by document_key
),

change_given as (
    select
        documents.document_key || ':change' as payment_code,
        documents.document_key,
        coalesce(change_tenders.mode_of_payment, 'Cash') as mode_of_payment,
        -documents.change_amount as amount
    from {{ ref('stg_erpnext__sales_documents') }} as documents
    left join change_tenders on documents.document_key = change_tenders.document_key
    where documents.change_amount != 0
),

together as (
    select
        payment_code,
        document_key,
        mode_of_payment,
        amount
    from taken
    union all
    select
        payment_code,
        document_key,
        mode_of_payment,
        amount
    from change_given
)

select
    'erpnext' as source,
    'erpnext:' || together.payment_code as payment_id,
    'erpnext:' || together.document_key as sale_id,
    'erpnext:' || documents.warehouse as store_id,
    together.mode_of_payment as tender,
    together.amount,
    documents.posted_at as paid_at,
    documents.currency
from together
inner join {{ ref('stg_erpnext__sales_documents') }} as documents on together.document_key = documents.document_key
where documents.docstatus = 1
