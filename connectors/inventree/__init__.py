"""The InvenTree connector (docs/connect/inventree.md)."""
