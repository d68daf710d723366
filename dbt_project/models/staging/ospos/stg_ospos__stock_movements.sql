with logged as (
    select
        trans_id,
        trans_items as item_id,
        trans_location as location_id,
        trans_inventory as quantity,
        trans_date,
        trans_date_of_server,
        trans_comment,
        regexp_extract(trans_comment, '^(.*) ([0-9]+)$', 1) as document_kind,
        try_cast(regexp_extract(trans_comment, '^(.*) ([0-9]+)$', 2) as bigint) as document_id,
        row_number() over (partition by trans_items, trans_location order by trans_id) = 1 as is_first,
        row_number() over (partition by trans_items order by trans_id desc) = 1 as is_last_of_item
    from {{ source('raw_ospos', 'inventory') }}
),

-- A transfer is a receiving without a supplier, with a line out of one location for each line into another.
pairs as (
    select distinct
        ins.trans_comment,
        ins.item_id,
        abs(ins.quantity) as quantity
    from logged as ins
    inner join logged as outs
        on
            ins.trans_comment = outs.trans_comment
            and ins.item_id = outs.item_id
            and ins.location_id <> outs.location_id
            and ins.quantity = -outs.quantity
    where ins.document_kind in ('RECV', 'Deleting receiving')
),

matched as (
    select
        logged.trans_id,
        logged.item_id,
        logged.location_id,
        logged.quantity,
        logged.trans_date,
        logged.trans_date_of_server,
        logged.trans_comment,
        logged.document_kind,
        logged.is_first,
        logged.is_last_of_item and items.deleted as is_deletion,
        pairs.item_id is not null and receivings.supplier_id is null as is_transfer,
        receivings.supplier_id
    from logged
    left join {{ source('raw_ospos', 'items') }} as items on logged.item_id = items.item_id
    left join pairs
        on
            logged.trans_comment = pairs.trans_comment
            and logged.item_id = pairs.item_id
            and abs(logged.quantity) = pairs.quantity
    left join {{ source('raw_ospos', 'receivings') }} as receivings
        on
            logged.document_kind = 'RECV'
            and logged.document_id = receivings.receiving_id
)

select
    'ospos' as source,
    'ospos:' || trans_id as movement_id,
    'ospos:' || location_id as store_id,
    'ospos:' || item_id as product_id,
    -- The row that an item's deletion leaves is dated by the database server's own clock.
    case when document_kind is null and is_deletion then trans_date_of_server else trans_date end as moved_at,
    quantity,
    case
        when document_kind = 'POS' and quantity > 0 then 'return'
        when document_kind = 'POS' then 'sale'
        -- What a deleted document did is taken back under the same name.
        when document_kind = 'Deleting sale' and quantity < 0 then 'return'
        when document_kind = 'Deleting sale' then 'sale'
        when is_transfer and (quantity > 0) = (document_kind = 'RECV') then 'transfer_in'
        when is_transfer then 'transfer_out'
        when document_kind in ('RECV', 'Deleting receiving') then 'receipt'
        when is_first then 'opening'
        else 'adjustment'
    end as movement_type,
    case
        when document_kind = 'Deleting sale' then 'sale deleted'
        when document_kind = 'Deleting receiving' then 'receiving deleted'
        when document_kind = 'RECV' and not is_transfer and quantity < 0 then 'returned to supplier'
        when document_kind is null and is_deletion then 'item deleted'
    end as reason,
    trans_comment as reference
from matched
