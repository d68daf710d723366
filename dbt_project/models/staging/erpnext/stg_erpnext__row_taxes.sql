{{ config(materialized='table') }}

with taxes as (
    select
        tax_key,
        document_key,
        idx,
        charge_type,
        on_row,
        amount,
        item_wise_tax_detail,
        is_charge
    from {{ ref('stg_erpnext__invoice_taxes') }}
),

-- A tax on a charge's row belongs to that charge.
charge_taxes as (
    select
        taxes.tax_key,
        charges.tax_key as row_key,
        taxes.document_key,
        cast(taxes.amount as double) as tax_amount
    from taxes
    inner join taxes as charges
        on
            taxes.document_key = charges.document_key
            and taxes.on_row = charges.idx
    where
        not taxes.is_charge
        and taxes.charge_type = 'On Previous Row Amount'
        and charges.is_charge
),

line_taxes as (
    select
        taxes.tax_key,
        taxes.document_key,
        taxes.amount,
        taxes.item_wise_tax_detail
    from taxes
    where
        not taxes.is_charge
        and taxes.tax_key not in (select charge_taxes.tax_key from charge_taxes)
),

-- Up to version 15 a tax tells its share of each item as text ...
details as (
    select
        line_taxes.tax_key,
        line_taxes.document_key,
        unnest(map_entries(cast(cast(line_taxes.item_wise_tax_detail as json) as map (varchar, json)))) as detail
    from line_taxes
    where
        line_taxes.item_wise_tax_detail is not null
        and json_valid(line_taxes.item_wise_tax_detail)
        and json_type(line_taxes.item_wise_tax_detail) = 'OBJECT'
),

item_shares as (
    select
        details.tax_key,
        details.document_key,
        details.detail.key as item_code,
        coalesce(try_cast(details.detail.value ->> '$[1]' as double), 0) as share
    from details
),

item_nets as (
    select
        document_key,
        item_code,
        sum(net_amount) as net_amount,
        count(*) as row_count
    from {{ ref('stg_erpnext__invoice_rows') }}
    group by document_key, item_code
),

-- ... and from 16 on of each row, in a table of its own.
row_shares as (
    select
        'pos:' || tax_row as tax_key,
        'pos:' || item_row as row_key,
        cast(amount as double) as share
    from {{ source('raw_erpnext', 'pos_invoice_item_tax') }}
    union all
    select
        tax_row as tax_key,
        item_row as row_key,
        cast(amount as double) as share
    from {{ source('raw_erpnext', 'sales_invoice_item_tax') }}
),

weighed as (
    select
        line_taxes.tax_key,
        invoice_rows.row_key,
        line_taxes.document_key,
        cast(line_taxes.amount as double) as amount,
        cast(invoice_rows.net_amount as double) as net_amount,
        coalesce(
            row_shares.share,
            case
                when item_nets.net_amount != 0 then item_shares.share * invoice_rows.net_amount / item_nets.net_amount
                else item_shares.share / item_nets.row_count
            end,
            0
        ) as share
    from line_taxes
    inner join {{ ref('stg_erpnext__invoice_rows') }} as invoice_rows
        on line_taxes.document_key = invoice_rows.document_key
    left join row_shares
        on
            line_taxes.tax_key = row_shares.tax_key
            and invoice_rows.row_key = row_shares.row_key
    left join item_shares
        on
            line_taxes.tax_key = item_shares.tax_key
            and invoice_rows.item_code = item_shares.item_code
    left join item_nets
        on
            invoice_rows.document_key = item_nets.document_key
            and invoice_rows.item_code = item_nets.item_code
),

-- Where a tax does not tell its shares, it is shared out by net amount.
shared as (
    select
        tax_key,
        row_key,
        document_key,
        amount * case
            when sum(share) over tax != 0 then share / sum(share) over tax
            when sum(net_amount) over tax != 0 then net_amount / sum(net_amount) over tax
            else 1.0 / count(*) over tax
        end as tax_amount
    from weighed
    window tax as (partition by tax_key)
),

together as (
    select
        document_key,
        row_key,
        tax_amount
    from shared
    union all
    select
        document_key,
        row_key,
        tax_amount
    from charge_taxes
),

row_taxes as (
    select
        row_key,
        {{ as_amount('sum(tax_amount)') }} as tax_amount
    from together
    group by row_key
),

lines as (
    select
        row_key,
        document_key,
        idx,
        net_amount,
        true as is_item
    from {{ ref('stg_erpnext__invoice_rows') }}
    union all
    select
        tax_key as row_key,
        document_key,
        idx,
        amount as net_amount,
        false as is_item
    from taxes
    where is_charge
),

-- With tax in the prices, net and tax can be a cent away from what was asked for; the largest line takes the cent.
placed as (
    select
        lines.row_key,
        lines.document_key,
        coalesce(row_taxes.tax_amount, 0) as tax_amount,
        documents.grand_total - sum(lines.net_amount + coalesce(row_taxes.tax_amount, 0)) over document as rest,
        row_number() over (
            partition by lines.document_key
            order by lines.is_item desc, abs(lines.net_amount) desc, lines.idx asc, lines.row_key asc
        ) as place
    from lines
    inner join {{ ref('stg_erpnext__sales_documents') }} as documents on lines.document_key = documents.document_key
    left join row_taxes on lines.row_key = row_taxes.row_key
    window document as (partition by lines.document_key)
)

select
    row_key,
    document_key,
    {{ as_amount('tax_amount + case when place = 1 then coalesce(rest, 0) else 0 end') }} as tax_amount
from placed
