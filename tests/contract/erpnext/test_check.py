"""Looking at a site without loading anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from connectors.erpnext.settings import ERPNextSource
from connectors.erpnext.source import zone_of
from retail.errors import ConfigurationError

if TYPE_CHECKING:
    from tests.contract.erpnext.conftest import FakeSite, Fault, Shop


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    """A shop that has loaded nothing yet."""
    return new_shop()


def problems(shop: Shop) -> list[tuple[str, bool]]:
    return [(problem.what, problem.is_fatal) for problem in shop.check().problems]


def test_a_site_is_described(shop: Shop, site: FakeSite) -> None:
    found = shop.check()
    assert found.is_usable
    assert found.server == f"ERPNext {'15.90.0' if site.version == 15 else '17.0.0-dev'} at {site.url}"
    assert found.stores[:2] == ["Shop Ost - PH", "Shop West - PH"]
    assert set(found.stores[2:]) == {"Stores - PH", "Goods In Transit - PH"}
    assert (found.products, found.currency, found.time_zone) == (9, "EUR", "Europe/Berlin")
    assert found.sales == (18 if site.version == 15 else 24)
    assert found.first_sale_at == datetime(2026, 10, 24, 7, 15, tzinfo=UTC)
    last = datetime(2026, 11, 19, 11, tzinfo=UTC) if site.version == 15 else datetime(2026, 11, 20, 3, 35, tzinfo=UTC)
    assert found.last_sale_at == last
    assert [problem.what.split(" cannot")[0] for problem in found.problems] == ["Account"]


def test_nothing_is_written_by_a_look(shop: Shop) -> None:
    shop.check()
    assert not shop.workspace.warehouse.exists()


def test_a_wrong_key_is_said_without_showing_it(shop: Shop, site: FakeSite, fault: type[Fault]) -> None:
    site.faults["frappe.auth.get_logged_user"] = [fault(401)]
    (problem,) = shop.check().problems
    assert problem.is_fatal
    assert problem.what == "The site does not accept the API key and secret."
    assert "API Access" in problem.remedy
    assert "a1b2c3" not in problem.what + problem.remedy


@pytest.mark.parametrize("doctype", ["POS Invoice", "Sales Invoice", "Item", "Warehouse"])
def test_a_right_that_everything_needs_stops_the_connection(shop: Shop, site: FakeSite, doctype: str) -> None:
    site.closed |= {doctype}
    assert any(is_fatal and what.startswith(f"{doctype} cannot be read") for what, is_fatal in problems(shop))


@pytest.mark.parametrize(
    ("doctype", "means"),
    [
        ("Purchase Order", "what is on order and lead times stay unknown"),
        ("Bin", "stock on hand stays unknown"),
        ("Customer", "customers stay unknown"),
        ("Product Bundle", "bundles look like services"),
    ],
)
def test_any_other_right_is_named_with_what_its_lack_means(
    shop: Shop, site: FakeSite, doctype: str, means: str
) -> None:
    site.closed |= {doctype}
    found = shop.check()
    assert found.is_usable
    (problem,) = [one for one in found.problems if one.what.startswith(f"{doctype} cannot be read")]
    assert means in problem.what
    assert problem.remedy.endswith(f"Read on {doctype}.")


def test_a_user_without_any_right_is_told_so(shop: Shop, site: FakeSite) -> None:
    site.closed |= set(site.tables)
    found = shop.check()
    assert not found.is_usable
    assert found.problems[0].what.startswith("Warehouse, Item, POS Invoice, Sales Invoice cannot be read")


def test_a_limit_of_requests_is_said_with_the_time_to_wait(shop: Shop, site: FakeSite, fault: type[Fault]) -> None:
    site.faults["frappe.auth.get_logged_user"] = [fault(429, headers={"Retry-After": "2209"})]
    (problem,) = shop.check().problems
    assert "37 minutes" in problem.what
    assert problem.is_fatal


def test_an_address_that_is_no_site_is_said(shop: Shop, site: FakeSite, fault: type[Fault]) -> None:
    site.faults["frappe.auth.get_logged_user"] = [fault(200, b"<html>Welcome</html>")] * 4
    (problem,) = shop.check().problems
    assert "no whole JSON" in problem.what


def test_a_site_without_a_time_zone_needs_one_in_the_settings(shop: Shop, site: FakeSite) -> None:
    site.time_zone = None
    assert any("names no time zone" in what and is_fatal for what, is_fatal in problems(shop))
    with pytest.raises(ConfigurationError, match="System Settings"):
        shop.open()


def test_the_zone_of_the_settings_serves_where_the_site_has_none(shop: Shop, site: FakeSite) -> None:
    opened = shop.open()
    site.time_zone = None
    source = ERPNextSource(type="erpnext", url=site.url, time_zone="Asia/Kolkata")
    assert zone_of(source, opened.client).key == "Asia/Kolkata"
    opened.close()
