"""The ERPNext connector (docs/connect/erpnext.md)."""

from __future__ import annotations

from connectors.erpnext.check import check
from connectors.erpnext.source import open_source

__all__ = ["check", "open_source"]
