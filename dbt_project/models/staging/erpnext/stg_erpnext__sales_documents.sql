with first_warehouses as (
    select
        'pos:' || parent as document_key,
        arg_min(warehouse, idx) as warehouse
    from {{ source('raw_erpnext', 'pos_invoice_item') }}
    where warehouse is not null
    group by parent
    union all
    select
        parent as document_key,
        arg_min(warehouse, idx) as warehouse
    from {{ source('raw_erpnext', 'sales_invoice_item') }}
    where warehouse is not null
    group by parent
),

invoices as (
    select
        'pos:' || name as document_key,
        'POS Invoice' as doctype,
        name,
        docstatus,
        owner,
        customer,
        company,
        pos_profile,
        set_warehouse,
        posting_date,
        posted_at,
        currency,
        conversion_rate,
        is_opening,
        net_total,
        grand_total,
        change_amount,
        'pos' as channel,
        -- What a till sold moves stock only when its session is closed.
        docstatus = 1 and coalesce(update_stock, true) and consolidated_invoice is null as is_stock_pending
    from {{ source('raw_erpnext', 'pos_invoice') }}
    union all by name
    select
        name as document_key,
        'Sales Invoice' as doctype,
        name,
        docstatus,
        owner,
        customer,
        company,
        pos_profile,
        set_warehouse,
        posting_date,
        posted_at,
        currency,
        conversion_rate,
        is_opening,
        net_total,
        grand_total,
        change_amount,
        case when is_pos then 'pos' else 'order' end as channel,
        false as is_stock_pending
    from {{ source('raw_erpnext', 'sales_invoice') }}
    -- A consolidated invoice repeats the tills' own.
    where not coalesce(is_consolidated, false)
),

-- The customer that a till sells to when it does not ask is nobody.
nobodies as (
    select distinct customer
    from {{ source('raw_erpnext', 'pos_profile') }}
    where customer is not null
)

select
    invoices.document_key,
    invoices.doctype,
    invoices.name,
    invoices.docstatus,
    invoices.company,
    invoices.pos_profile,
    invoices.posting_date,
    invoices.posted_at,
    invoices.currency,
    invoices.net_total,
    invoices.grand_total,
    invoices.change_amount,
    invoices.channel,
    invoices.is_stock_pending,
    cast(invoices.conversion_rate as double) as conversion_rate,
    case when nobodies.customer is null then invoices.customer end as customer,
    invoices.owner as cashier,
    coalesce(
        invoices.set_warehouse, pos_profile.warehouse, first_warehouses.warehouse, 'company:' || invoices.company
    ) as warehouse
from invoices
left join {{ source('raw_erpnext', 'pos_profile') }} as pos_profile on invoices.pos_profile = pos_profile.name
left join first_warehouses on invoices.document_key = first_warehouses.document_key
left join nobodies on invoices.customer = nobodies.customer
where coalesce(invoices.is_opening, 'No') != 'Yes'
