with descriptions (check_name, description, ours_is, theirs_is, is_invariant) as (
    values
    (
        'movements_close', 'Opening stock and movements add up to the stock that the source reports now.',
        'movements', 'stock now', true
    ),
    (
        'daily_stock_adds_up', 'Each day opens, moves and closes without a gap.',
        'opening and movements', 'close', true
    ),
    (
        'daily_stock_closes', 'The last day of the daily stock holds what the movements add up to.',
        'last close', 'movements', true
    ),
    (
        'lines_add_up', 'Lines add up to their tickets, by store and day.',
        'lines', 'tickets', true
    ),
    (
        'payments_equal_totals', 'Payments of a ticket equal what its lines cost with tax.',
        'payments', 'lines with tax', true
    ),
    (
        'gross_is_net_plus_tax', 'The amount with tax of a line is the amount without it and the tax.',
        'with tax', 'without tax, and tax', true
    ),
    (
        'loads_accounted', 'Every row that was read was accepted or put into quarantine.',
        'accepted and left out', 'read', true
    ),
    (
        'rates_known', 'Every ticket in another currency has an exchange rate.',
        'tickets with a rate', 'tickets', false
    ),
    (
        'tickets_agree_with_source', 'As many tickets as the source itself counts, by store and day.',
        'here', 'in the source', false
    ),
    (
        'quantity_agrees_with_source', 'The quantity of goods that the source itself adds up, by store and day.',
        'here', 'in the source', false
    ),
    (
        'net_sales_agree_with_source', 'The money without tax that the source itself adds up, by store and day.',
        'here', 'in the source', false
    ),
    (
        'gross_sales_agree_with_source', 'The money with tax that the source itself adds up, by store and day.',
        'here', 'in the source', false
    ),
    (
        'on_hand_agrees_with_source', 'The stock that the source itself reports of each product, over all stores.',
        'here', 'in the source', false
    )
)

select
    checks.check_name,
    checks.source,
    descriptions.description,
    descriptions.ours_is,
    descriptions.theirs_is,
    cast(checks.compared as bigint) as compared,
    cast(checks.differing as bigint) as differing,
    {{ as_amount('checks.largest_difference') }} as largest_difference,
    descriptions.is_invariant
from {{ ref('int_reconciliation_checks') }} as checks
inner join descriptions on checks.check_name = descriptions.check_name
