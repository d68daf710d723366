"""The OSPOS connector (docs/connect/ospos.md)."""

from __future__ import annotations

from connectors.ospos.check import check
from connectors.ospos.source import open_source

__all__ = ["check", "open_source"]
