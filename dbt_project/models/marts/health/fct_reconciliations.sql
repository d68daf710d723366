with descriptions (check_name, description, is_invariant) as (
    values
    ('movements_close', 'Opening stock and movements add up to the stock that the source reports now.', true),
    ('daily_stock_adds_up', 'Each day opens, moves and closes without a gap.', true),
    ('daily_stock_closes', 'The last day of the daily stock holds what the movements add up to.', true),
    ('lines_add_up', 'Lines add up to their tickets, by store and day.', true),
    ('payments_equal_totals', 'Payments of a ticket equal what its lines cost with tax.', true),
    ('gross_is_net_plus_tax', 'The amount with tax of a line is the amount without it and the tax.', true),
    ('loads_accounted', 'Every row that was read was accepted or put into quarantine.', true),
    ('rates_known', 'Every ticket in another currency has an exchange rate.', false)
)

select
    checks.check_name,
    checks.source,
    descriptions.description,
    cast(checks.compared as bigint) as compared,
    cast(checks.differing as bigint) as differing,
    {{ as_amount('checks.largest_difference') }} as largest_difference,
    descriptions.is_invariant
from {{ ref('int_reconciliation_checks') }} as checks
inner join descriptions on checks.check_name = descriptions.check_name
