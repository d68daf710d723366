select
    source,
    table_name,
    file,
    line,
    reason,
    row_text,
    loaded_at
from {{ ref('int_quarantine_unioned') }}
