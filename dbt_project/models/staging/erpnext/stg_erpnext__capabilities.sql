{{ stage_capabilities('erpnext') }}
