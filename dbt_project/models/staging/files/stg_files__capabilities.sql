{{ stage_capabilities('files') }}
