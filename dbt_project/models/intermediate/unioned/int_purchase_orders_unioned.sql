{{ union_sources('purchase_orders') }}
