with totals as (
    select
        case
            when reported.document is null
                then coalesce(reported.set_warehouse, pos_profile.warehouse, 'company:' || reported.company)
            else coalesce(documents.warehouse, 'company:' || reported.company)
        end as warehouse,
        reported.posting_date,
        reported.currency,
        reported.tickets,
        reported.net_total,
        reported.grand_total
    from {{ source('raw_erpnext', 'reported_sales') }} as reported
    left join {{ source('raw_erpnext', 'pos_profile') }} as pos_profile on reported.pos_profile = pos_profile.name
    left join {{ ref('stg_erpnext__sales_documents') }} as documents
        on
            reported.document = documents.name
            and reported.doctype = documents.doctype
),

-- The totals without tax leave out what is charged beside the goods; the rows of the invoices tell it.
charges as (
    select
        documents.warehouse,
        documents.posting_date,
        documents.currency,
        sum(taxes.amount) as amount
    from {{ ref('stg_erpnext__invoice_taxes') }} as taxes
    inner join {{ ref('stg_erpnext__sales_documents') }} as documents on taxes.document_key = documents.document_key
    where taxes.is_charge
    group by documents.warehouse, documents.posting_date, documents.currency
),

days as (
    select
        warehouse,
        posting_date,
        currency,
        sum(tickets) as tickets,
        sum(net_total) as net_total,
        sum(grand_total) as grand_total
    from totals
    group by warehouse, posting_date, currency
)

select
    'erpnext' as source,
    'erpnext:' || days.warehouse as store_id,
    days.posting_date as business_date,
    days.tickets,
    -- Totals of quantity mix the units that goods are sold in.
    cast(null as decimal(18, 4)) as quantity,
    days.net_total + coalesce(charges.amount, 0) as net_amount,
    days.grand_total as gross_amount,
    days.currency
from days
left join charges
    on
        days.warehouse = charges.warehouse
        and days.posting_date = charges.posting_date
        and days.currency = charges.currency
