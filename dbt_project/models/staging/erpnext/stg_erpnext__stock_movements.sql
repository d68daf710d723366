with entries as (
    select
        entries.name,
        entries.item_code,
        entries.warehouse,
        entries.posted_at,
        entries.creation,
        entries.voucher_type,
        entries.voucher_no,
        entries.voucher_detail_no,
        entries.actual_qty,
        entries.qty_after_transaction,
        -- A count replaces the balance and moves nothing itself; one of batches is written as what goes and comes.
        entries.voucher_type = 'Stock Reconciliation'
        and entries.actual_qty = 0
        and entries.serial_and_batch_bundle is null as is_count
    from {{ source('raw_erpnext', 'stock_ledger_entry') }} as entries
    where not coalesce(entries.is_cancelled, false)
),

sections as (
    select
        name,
        item_code,
        warehouse,
        posted_at,
        creation,
        voucher_type,
        voucher_no,
        voucher_detail_no,
        actual_qty,
        qty_after_transaction,
        is_count,
        count(*) filter (where is_count) over history as section,
        row_number() over history = 1 as is_first
    from entries
    window history as (
        partition by item_code, warehouse
        order by posted_at, creation, name
        rows unbounded preceding
    )
),

-- The balances after later entries change silently; those that counts give do not.
section_ends as (
    select
        item_code,
        warehouse,
        section,
        coalesce(max(qty_after_transaction) filter (where is_count), 0)
        + coalesce(sum(actual_qty) filter (where not is_count), 0) as balance
    from sections
    group by item_code, warehouse, section
),

-- What a closed session sold moved when it was sold, not when the session was closed.
sold as (
    select
        sales_invoice_item.name as voucher_detail_no,
        pos_invoice.posted_at
    from {{ source('raw_erpnext', 'sales_invoice_item') }} as sales_invoice_item
    inner join {{ source('raw_erpnext', 'pos_invoice') }} as pos_invoice
        on sales_invoice_item.pos_invoice = pos_invoice.name
),

transfers as (
    select
        voucher_no,
        voucher_detail_no
    from entries
    where voucher_type = 'Stock Entry'
    group by voucher_no, voucher_detail_no
    having count(distinct warehouse) > 1
),

moved as (
    select
        sections.name as movement_code,
        sections.item_code,
        sections.warehouse,
        case
            when sections.voucher_type = 'Sales Invoice' then coalesce(sold.posted_at, sections.posted_at)
            else sections.posted_at
        end as moved_at,
        case
            when sections.is_count then sections.qty_after_transaction - coalesce(section_ends.balance, 0)
            else sections.actual_qty
        end as quantity,
        sections.voucher_type,
        sections.voucher_no,
        sections.is_first,
        transfers.voucher_no is not null as is_transfer
    from sections
    left join section_ends
        on
            sections.item_code = section_ends.item_code
            and sections.warehouse = section_ends.warehouse
            and sections.section = section_ends.section + 1
    left join sold on sections.voucher_detail_no = sold.voucher_detail_no
    left join transfers
        on
            sections.voucher_no = transfers.voucher_no
            and sections.voucher_detail_no = transfers.voucher_detail_no
    union all by name
    select
        row_key as movement_code,
        item_code,
        warehouse,
        posted_at as moved_at,
        -quantity as quantity,
        'POS Invoice' as voucher_type,
        document as voucher_no,
        false as is_first,
        false as is_transfer
    from {{ ref('stg_erpnext__pending_stock') }}
)

select
    'erpnext' as source,
    'erpnext:' || movement_code as movement_id,
    'erpnext:' || warehouse as store_id,
    'erpnext:' || item_code as product_id,
    moved_at,
    {{ as_amount('quantity') }} as quantity,
    case
        when voucher_type in ('POS Invoice', 'Sales Invoice', 'Delivery Note') and quantity <= 0 then 'sale'
        when voucher_type in ('POS Invoice', 'Sales Invoice', 'Delivery Note') then 'return'
        when voucher_type in ('Purchase Receipt', 'Purchase Invoice', 'Subcontracting Receipt') then 'receipt'
        when is_transfer and quantity >= 0 then 'transfer_in'
        when is_transfer then 'transfer_out'
        when voucher_type = 'Stock Reconciliation' and is_first then 'opening'
        when voucher_type = 'Stock Entry' and quantity > 0 then 'receipt'
        else 'adjustment'
    end as movement_type,
    voucher_type as reason,
    voucher_no as reference
from moved
where quantity != 0
