{{ union_sources('quarantine') }}
