{{ union_sources('reported_stock') }}
