{{ stage_quarantine('ospos') }}
