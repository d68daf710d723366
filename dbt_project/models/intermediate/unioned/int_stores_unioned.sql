{{ union_sources('stores') }}
