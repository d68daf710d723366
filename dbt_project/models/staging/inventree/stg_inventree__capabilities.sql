{{ stage_capabilities('inventree') }}
