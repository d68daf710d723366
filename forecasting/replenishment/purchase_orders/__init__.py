"""Purchase orders from approved drafts: one per supplier, as CSV and PDF. Pure functions; nothing is sent or marked."""

from forecasting.replenishment.purchase_orders.csv_file import to_csv
from forecasting.replenishment.purchase_orders.orders import OrderLine, PurchaseOrder, purchase_orders
from forecasting.replenishment.purchase_orders.pdf_file import to_pdf

__all__ = ["OrderLine", "PurchaseOrder", "purchase_orders", "to_csv", "to_pdf"]
