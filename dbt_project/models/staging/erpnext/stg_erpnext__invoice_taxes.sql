with taxes as (
    select
        'pos:' || name as tax_key,
        'pos:' || parent as document_key,
        idx,
        charge_type,
        row_id,
        account_head,
        tax_amount_after_discount_amount,
        item_wise_tax_detail
    from {{ source('raw_erpnext', 'pos_invoice_tax') }}
    union all
    select
        name as tax_key,
        parent as document_key,
        idx,
        charge_type,
        row_id,
        account_head,
        tax_amount_after_discount_amount,
        item_wise_tax_detail
    from {{ source('raw_erpnext', 'sales_invoice_tax') }}
)

select
    taxes.tax_key,
    taxes.document_key,
    taxes.idx,
    taxes.charge_type,
    try_cast(taxes.row_id as integer) as on_row,
    taxes.account_head,
    taxes.tax_amount_after_discount_amount as amount,
    taxes.item_wise_tax_detail,
    -- Freight and fees are entered as amounts; so are taxes that another program worked out, into an account for taxes.
    case account.account_type
        when 'Tax' then false
        when 'Chargeable' then true
        else coalesce(taxes.charge_type, '') = 'Actual'
    end as is_charge
from taxes
inner join {{ ref('stg_erpnext__sales_documents') }} as documents on taxes.document_key = documents.document_key
left join {{ source('raw_erpnext', 'account') }} as account on taxes.account_head = account.name
where
    documents.docstatus = 1
    and taxes.tax_amount_after_discount_amount != 0
