"""What differs between versions, and what must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from connectors.erpnext.client import Query
from tests.contract.erpnext.counting import counts, expected

if TYPE_CHECKING:
    from tests.contract.erpnext.conftest import FakeSite, Shop

PAID = "SELECT sum(amount) FROM raw_erpnext.pos_invoice_payment"


def test_a_first_load_brings_every_row(shop: Shop, site: FakeSite) -> None:
    assert counts(shop) == expected(site)
    payments = site.tables["Sales Invoice Payment"]
    of_tills = [row["amount"] for row in payments if row["parenttype"] == "POS Invoice"]
    assert shop.value(PAID) == pytest.approx(sum(of_tills))


def test_local_times_are_stored_in_utc(shop: Shop) -> None:
    (first,), (second,), *_ = shop.rows(
        "SELECT posted_at::VARCHAR FROM raw_erpnext.pos_invoice"
        " WHERE posting_time IN ('9:15:00', '23:59:59.5') ORDER BY 1"
    )
    assert (first, second) == ("2026-10-24 07:15:00+00", "2026-10-24 21:59:59.5+00")


def test_loading_again_changes_nothing(shop: Shop) -> None:
    before = shop.dump()
    report = shop.load()
    assert shop.dump() == before
    assert not report.changed


def test_what_is_added_changed_and_cancelled_arrives(shop: Shop, site: FakeSite) -> None:
    site.copy("POS Invoice", "ACC-PSINV-2026-00007", "ACC-PSINV-2026-00099")
    site.save("POS Invoice", "ACC-PSINV-2026-00008", consolidated_invoice="ACC-SINV-2026-00099")
    site.cancel("POS Invoice", "ACC-PSINV-2026-00009")
    assert shop.load().changed
    assert counts(shop) == expected(site)
    assert shop.rows(
        "SELECT docstatus, consolidated_invoice FROM raw_erpnext.pos_invoice WHERE name IN "
        "('ACC-PSINV-2026-00008', 'ACC-PSINV-2026-00009') ORDER BY name"
    ) == [(1, "ACC-SINV-2026-00099"), (2, None)]


def test_a_version_that_lacks_an_optional_field_gives_nothing_in_it(
    new_shop: Callable[..., Shop], site: FakeSite
) -> None:
    site.lost = {("POS Invoice Item", "distributed_discount_amount"), ("Customer", "mobile_no")}
    shop = new_shop()
    shop.load()
    assert counts(shop) == expected(site)
    assert shop.rows("SELECT DISTINCT distributed_discount_amount FROM raw_erpnext.pos_invoice_item") == [(None,)]


def test_totals_are_asked_for_in_the_way_that_the_version_takes(shop: Shop, site: FakeSite) -> None:
    opened = shop.open()
    query = Query("Bin", ["warehouse"], order_by="warehouse asc", group_by="warehouse")
    for _ in range(2):
        found = opened.client.aggregate(query, {"there": "actual_qty"}, "bins")
    east = [one for one in site.tables["Bin"] if one["warehouse"] == "Shop Ost - PH"]
    assert {one["warehouse"]: (one["there"], one["bins"]) for one in found}["Shop Ost - PH"] == (
        sum(one["actual_qty"] for one in east),
        len(east),
    )
    assert [str(arguments["fields"]).count("sum(") for _, _, arguments in site.requests[-2:]] == (
        [1, 1] if site.version == 15 else [0, 0]
    )
    opened.close()
