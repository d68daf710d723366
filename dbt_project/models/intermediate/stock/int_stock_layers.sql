with ledger_layers as (
    select
        store_id,
        product_id,
        business_date as received_date,
        opened + received + greatest(transferred, 0) + greatest(adjusted, 0) + returned as quantity
    from {{ ref('int_stock_ledger_daily') }}
),

-- Receipts count where a product has no ledger; else they are in it.
receipt_layers as (
    select
        receipts.store_id,
        receipts.product_id,
        receipts.received_date,
        receipts.quantity
    from {{ ref('int_receipts_costed') }} as receipts
    where not exists (
        select 1 from {{ ref('int_stock_ledger_daily') }} as ledger
        where
            ledger.store_id = receipts.store_id
            and ledger.product_id = receipts.product_id
    )
),

together as (
    select
        store_id,
        product_id,
        received_date,
        quantity
    from ledger_layers
    union all
    select
        store_id,
        product_id,
        received_date,
        quantity
    from receipt_layers
)

select
    store_id,
    product_id,
    received_date,
    {{ as_amount('sum(quantity)') }} as quantity
from together
where quantity > 0
group by store_id, product_id, received_date
