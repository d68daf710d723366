"""What `tillsight connect` and `tillsight doctor` are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

import connectors
from connectors.checkup import Checkup
from retail.errors import ConfigurationError, SourceError
from retail.settings import Settings

if TYPE_CHECKING:
    from tests.contract.inventree.conftest import FakeInvenTree, Shop


def look(shop: Shop) -> Checkup:
    return connectors.check(shop.source, shop.workspace, shop.settings)


def test_a_reader_with_every_right_has_nothing_to_mend(shop: Shop, fake: FakeInvenTree) -> None:
    checkup = look(shop)
    assert checkup.problems == []
    assert checkup.server == f"InvenTree 1.2.0 dev (API 423) at {fake.url.removeprefix('http://')}"
    assert checkup.stores == ["Lager", "Shop Ost"]
    assert (checkup.products, checkup.sales, checkup.currency) == (5, None, "USD")


def test_only_topmost_locations_are_stores(shop: Shop, fake: FakeInvenTree) -> None:
    fake.add("/api/stock/location/", like=1, name="Regal", parent=1, pathstring="Lager/Regal")
    assert look(shop).stores == ["Lager", "Shop Ost"]


def test_without_stock_nothing_can_be_loaded(shop: Shop, fake: FakeInvenTree) -> None:
    fake.take_right("stockitem")
    checkup = look(shop)
    assert not checkup.is_usable
    (problem,) = checkup.problems
    assert problem.what == "reader may not view stock items, so nothing can be loaded"
    assert problem.remedy == "Give one of its groups the role Stock Items, view only"


def test_without_purchase_orders_loading_can_begin_and_what_it_means_is_said(shop: Shop, fake: FakeInvenTree) -> None:
    for right in ("purchaseorder", "purchaseorderlineitem", "company", "supplierpart", "supplierpricebreak"):
        fake.take_right(right)
    checkup = look(shop)
    assert checkup.is_usable
    assert any("what is on order stays unknown" in problem.what for problem in checkup.problems)
    assert {problem.remedy for problem in checkup.problems} == {
        "Give one of its groups the role Purchase Orders, view only"
    }


def test_rights_to_change_are_pointed_out(shop: Shop, fake: FakeInvenTree) -> None:
    fake.roles["permissions"]["part"] = ["view", "add", "change"]
    (problem,) = look(shop).problems
    assert problem.what == "reader may also change things (Parts), which reading does not need"
    assert not problem.is_fatal


def test_a_superuser_is_pointed_out(shop: Shop, fake: FakeInvenTree) -> None:
    fake.roles |= {"is_superuser": True}
    (problem,) = look(shop).problems
    assert "superuser" in problem.what
    assert not problem.is_fatal


def test_a_server_without_locations_has_no_stores(shop: Shop, fake: FakeInvenTree) -> None:
    fake.rows["/api/stock/location/"] = []
    (problem,) = look(shop).problems
    assert problem.what == "there is no stock location, so there are no stores"


def test_nothing_is_written(shop: Shop, fake: FakeInvenTree) -> None:
    look(shop)
    assert not shop.workspace.warehouse.exists()
    assert {method for method, _, _ in fake.requests} == {"GET"}


def test_a_wrong_token_is_said(make_shop: Callable[..., Shop]) -> None:
    with pytest.raises(SourceError, match=r"make a new one and run `tillsight connect inventree` again"):
        look(make_shop(token="wrong"))


def test_no_token_is_said(shop: Shop) -> None:
    with pytest.raises(ConfigurationError, match="There is no inventree token"):
        connectors.check(shop.source, shop.workspace, Settings())


def test_a_time_zone_that_does_not_exist_is_refused(make_shop: Callable[..., Shop]) -> None:
    with pytest.raises(ValueError, match="'Mars/Base' is no time zone"):
        make_shop(time_zone="Mars/Base")
