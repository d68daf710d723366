{{ stage_loads('erpnext') }}
