{{ union_sources('purchase_order_lines') }}
