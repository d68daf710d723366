{{ config(materialized='table') }}

with item_lines as (
    select
        invoice_rows.row_key,
        invoice_rows.document_key,
        coalesce(invoice_rows.item_code, 'line without item') as product_code,
        invoice_rows.stock_qty as quantity,
        invoice_rows.net_amount,
        -- An item that cannot be seen is something that was sold all the same.
        case
            when invoice_rows.item_code is null or items.kind = 'charge' then 'charge'
            else 'goods'
        end as line_type,
        greatest(invoice_rows.price_list_rate, invoice_rows.rate)
        * invoice_rows.qty / nullif(invoice_rows.stock_qty, 0) as unit_price,
        -- Prices can contain the tax; a discount is told without it.
        coalesce(
            greatest(invoice_rows.price_list_rate - invoice_rows.rate, 0)
            * invoice_rows.qty
            * coalesce(
                cast(invoice_rows.net_amount + invoice_rows.distributed_discount_amount as double)
                / nullif(invoice_rows.amount, 0),
                1
            ),
            0
        ) + invoice_rows.distributed_discount_amount as discount_amount
    from {{ ref('stg_erpnext__invoice_rows') }} as invoice_rows
    left join {{ ref('stg_erpnext__items') }} as items on invoice_rows.item_code = items.item_code
),

charge_lines as (
    select
        tax_key as row_key,
        document_key,
        'charge:' || coalesce(account_head, 'unknown') as product_code,
        cast(1 as decimal(18, 4)) as quantity,
        amount as net_amount,
        'charge' as line_type,
        amount as unit_price,
        0 as discount_amount
    from {{ ref('stg_erpnext__invoice_taxes') }}
    where is_charge
),

lines as (
    select
        row_key,
        row_key as line_code,
        document_key,
        product_code,
        quantity,
        net_amount,
        line_type,
        unit_price,
        discount_amount
    from item_lines
    union all by name
    select
        row_key,
        'charge:' || row_key as line_code,
        document_key,
        product_code,
        quantity,
        net_amount,
        line_type,
        unit_price,
        discount_amount
    from charge_lines
)

select
    'erpnext' as source,
    'erpnext:' || lines.line_code as sale_line_id,
    'erpnext:' || lines.document_key as sale_id,
    'erpnext:' || documents.warehouse as store_id,
    'erpnext:' || lines.product_code as product_id,
    documents.posted_at as sold_at,
    lines.quantity,
    {{ as_amount('lines.unit_price') }} as unit_price,
    {{ as_amount('lines.discount_amount') }} as discount_amount,
    lines.net_amount,
    row_taxes.tax_amount,
    {{ as_amount('lines.net_amount + row_taxes.tax_amount') }} as gross_amount,
    -- Costs are in the company's currency, the line in that of the invoice.
    {{ as_amount('row_costs.unit_cost / nullif(documents.conversion_rate, 0)') }} as unit_cost,
    cast(null as varchar) as promotion_id,
    'erpnext:' || documents.customer as customer_id,
    documents.channel,
    lines.line_type
from lines
inner join {{ ref('stg_erpnext__sales_documents') }} as documents on lines.document_key = documents.document_key
left join {{ ref('stg_erpnext__row_taxes') }} as row_taxes on lines.row_key = row_taxes.row_key
left join {{ ref('stg_erpnext__row_costs') }} as row_costs on lines.row_key = row_costs.row_key
