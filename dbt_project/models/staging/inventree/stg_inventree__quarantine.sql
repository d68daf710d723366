{{ stage_quarantine('inventree') }}
