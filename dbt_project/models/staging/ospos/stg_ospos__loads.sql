{{ stage_loads('ospos') }}
