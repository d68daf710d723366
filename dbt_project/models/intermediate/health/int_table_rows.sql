{% set moments = {
    'stores': none, 'products': none, 'suppliers': none, 'supplier_terms': none, 'customers': none,
    'sales': 'sold_at', 'sale_lines': 'sold_at', 'payments': 'paid_at', 'stock_levels': 'counted_at',
    'stock_movements': 'moved_at', 'purchase_orders': 'ordered_at', 'purchase_order_lines': none,
    'receipts': 'received_at', 'prices': none, 'promotions': none, 'exchange_rates': none
} %}
{% for table, moment in moments.items() %}
select
    source,
    '{{ table }}' as table_name,
    count(*) as row_count,
    {{ 'min(' ~ moment ~ ')' if moment else 'cast(null as timestamp with time zone)' }} as first_at,
    {{ 'max(' ~ moment ~ ')' if moment else 'cast(null as timestamp with time zone)' }} as last_at
from {{ ref('int_' ~ table ~ '_unioned') }}
group by source
{{ 'union all' if not loop.last }}
{% endfor %}
