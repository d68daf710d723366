"""The ERPNext connector (docs/connect/erpnext.md)."""
