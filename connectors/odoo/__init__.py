"""The Odoo connector (docs/connect/odoo.md)."""
