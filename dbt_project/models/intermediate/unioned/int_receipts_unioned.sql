{{ union_sources('receipts') }}
