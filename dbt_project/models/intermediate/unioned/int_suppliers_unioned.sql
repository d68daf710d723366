{{ union_sources('suppliers') }}
