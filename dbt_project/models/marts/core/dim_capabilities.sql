select
    source,
    table_name,
    is_available,
    note
from {{ ref('int_capabilities_unioned') }}
