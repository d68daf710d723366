{{ union_sources('reported_sales_daily') }}
