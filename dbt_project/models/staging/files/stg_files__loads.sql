{{ stage_loads('files') }}
