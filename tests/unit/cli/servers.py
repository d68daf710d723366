"""A server that was looked at, for tests that have none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connectors.checkup import Checkup, Problem

SECRET = "s3cr3t-key-that-nobody-may-see"
MISSING = Problem("Purchase orders cannot be read, so lead times stay unknown", "Grant Purchase / User: read.", False)
FATAL = Problem("Sales cannot be read", "Grant the user the right to read POS orders.", True)


def checkup(source: str, **values: Any) -> Checkup:
    """A healthy shop, unless told otherwise."""
    healthy: dict[str, Any] = {
        "server": "Odoo 17.0 at https://shop.example",
        "stores": ["Paris", "Lyon"],
        "products": 1234,
        "sales": 56650,
        "first_sale_at": datetime(2023, 1, 2, 8, tzinfo=UTC),
        "last_sale_at": datetime(2025, 6, 13, 19, tzinfo=UTC),
        "currency": "EUR",
        "time_zone": "Europe/Paris",
    }
    return Checkup(source, **{**healthy, **values})
