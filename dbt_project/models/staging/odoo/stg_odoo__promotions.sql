with rates as (
    select
        program_id,
        max(discount) / 100 as discount_rate
    from {{ source('raw_odoo', 'loyalty_reward') }}
    where
        reward_type = 'discount'
        and discount_mode = 'percent'
    group by program_id
    having count(*) = 1
)

select
    'odoo' as source,
    'odoo:' || programs.id as promotion_id,
    programs.name,
    programs.program_type as kind,
    cast(null as varchar) as product_id,
    cast(null as varchar) as store_id,
    coalesce(programs.date_from, cast(programs.create_date as date)) as starts_date,
    programs.date_to as ends_date,
    cast(rates.discount_rate as decimal(9, 6)) as discount_rate
from {{ source('raw_odoo', 'loyalty_program') }} as programs
left join rates on programs.id = rates.program_id
