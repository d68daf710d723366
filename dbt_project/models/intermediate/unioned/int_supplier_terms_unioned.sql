{{ union_sources('supplier_terms') }}
