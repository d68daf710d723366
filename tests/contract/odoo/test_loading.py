"""A real load: the first one, one that changes nothing, changes, deletions; and what is personal stays out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.contract.odoo.conftest import Reader
from tests.contract.odoo.fake_odoo import FakeOdoo
from tests.contract.odoo.shop import PEN, ticket

MakeReader = Callable[..., Reader]


@pytest.mark.parametrize(
    "version",
    ["14.0", *(pytest.param(one, marks=pytest.mark.slow) for one in ("15.0", "16.0", "17.0", "18.0")), "19.0"],
)
def test_counts_and_sums_hold_over_load_reload_change_delete_and_reload(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    assert reader.load().changed
    _assert_same(reader)
    assert not reader.load().changed

    fake = reader.fake
    fake.now += timedelta(days=2)
    fake.put("pos.order", 1, state="cancel")
    fake.put("pos.order.line", 20, qty=3, price_subtotal=90.0, price_subtotal_incl=103.5)
    ticket(fake, 30, "2026-02-10 12:00:00", lines=[(PEN, 1, 1.2, 1.2, 1.38, {})], payments=[(1, 1.38)])
    fake.put("stock.quant", 1, quantity=39)
    assert reader.load().changed
    _assert_same(reader)

    # A draft that is rung up again deletes its lines and makes new ones, as many as before.
    fake.delete("pos.order.line", 40)
    fake.put("pos.order.line", 41, order_id=4, product_id=PEN, qty=2, price_unit=1000.0)
    fake.delete("pos.order", 5)
    fake.delete("pos.payment", 50, 10)
    assert reader.load().changed
    _assert_same(reader)
    assert not reader.load().changed
    assert reader.value("select state from raw_odoo.pos_order where id = 1") == "cancel"


def _assert_same(reader: Reader) -> None:
    """Every keyed table has the ids of the server, and the lines their sums."""
    fake = reader.fake
    for model in ("pos.order", "pos.order.line", "pos.payment", "sale.order", "stock.move", "res.partner"):
        found = reader.rows(f"select id from raw_odoo.{model.replace('.', '_')} order by id")
        assert [number for (number,) in found] == sorted(fake.rows[model]), model
    sums = reader.rows("select sum(qty), sum(price_subtotal_incl) from raw_odoo.pos_order_line")
    lines = fake.rows["pos.order.line"].values()
    wanted = [sum(Decimal(str(line[name])) for line in lines) for name in ("qty", "price_subtotal_incl")]
    assert list(sums[0]) == wanted
    stock = reader.value("select sum(quantity) from raw_odoo.stock_quant where product_id = 1 and location_id = 11")
    assert stock == fake.rows["stock.quant"][1]["quantity"]


def test_contacts_are_stored_only_by_permission_and_gone_when_it_is_taken_back(make_reader: MakeReader) -> None:
    reader = make_reader("17.0")
    allowed = reader.storing_contacts()
    jane = (
        "select name, email, phone, email_hash is not null, phone_hash is not null"
        " from raw_odoo.res_partner where id = 10"
    )
    reader.load()
    assert reader.rows(jane) == [(None, None, None, True, True)]
    for content in reader.workspace.root.rglob("*"):
        if content.is_file():
            assert b"jane@example.com" not in content.read_bytes()
    allowed.load()
    assert reader.rows(jane) == [("Jane Doe", "jane@example.com", "+1 555 0100", True, True)]
    reader.load()
    assert reader.rows(jane) == [(None, None, None, True, True)]


def test_a_right_that_is_granted_later_brings_what_it_was_for(make_reader: MakeReader) -> None:
    reader = make_reader("17.0")
    reader.fake.denied.add("purchase.order")
    reader.load()
    assert reader.value("select count(*) from raw_odoo.purchase_order") == 0
    reader.fake.denied.clear()
    reader.load()
    assert reader.value("select count(*) from raw_odoo.purchase_order") == 4


def test_a_recorded_shop_is_loaded_whole(make_reader: MakeReader) -> None:
    fake = FakeOdoo("19.0")
    fake.seed()
    reader = make_reader("19.0", fake)
    reader.load()
    assert reader.value("select count(*) from raw_odoo.pos_order_line") == len(fake.rows["pos.order.line"])
    wrong = reader.rows("select * from raw_odoo.loads where read <> accepted + quarantined or quarantined > 0")
    assert wrong == []
