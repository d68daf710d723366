{{ stage_quarantine('erpnext') }}
