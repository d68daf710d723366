select 'files:' || store_id as store_id, name as store from {{ source('raw_files', 'stores') }}
