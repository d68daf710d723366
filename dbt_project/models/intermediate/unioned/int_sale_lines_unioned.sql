{{ union_sources('sale_lines') }}
