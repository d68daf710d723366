{{ union_sources('capabilities') }}
