{{ union_sources('products') }}
