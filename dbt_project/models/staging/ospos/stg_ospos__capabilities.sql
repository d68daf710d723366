{{ stage_capabilities('ospos') }}
