{% set built = store_days_built() %}
select distinct
    coalesce(now.store_id, before.store_id) as store_id,
    coalesce(now.business_date, before.business_date) as business_date
from {{ ref('int_store_days_current') }} as now
full outer join {{ built or ref('int_store_days_current') }} as before
    on
        now.part = before.part
        and now.store_id = before.store_id
        and now.business_date = before.business_date
where
    now.row_count is distinct from before.row_count
    or now.fingerprint is distinct from before.fingerprint
