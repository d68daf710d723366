"""Loading OSPOS from a real MariaDB: everything once, then what changed, and nothing twice."""

from __future__ import annotations

from tests.contract.ospos.conftest import Ospos


def test_everything_that_is_read_arrives(ospos: Ospos) -> None:
    ospos.load()
    for table in ("sales", "sales_items", "sales_items_taxes", "sales_payments", "inventory", "items", "receivings"):
        (expected,) = ospos.execute(f"select count(*) from ospos_{table}")
        assert ospos.raw(f"select count(*) from {table}") == [expected], table
