{{ stage_loads('inventree') }}
