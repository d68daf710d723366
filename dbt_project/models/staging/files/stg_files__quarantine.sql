{{ stage_quarantine('files') }}
