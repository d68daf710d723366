"""What changed is found, whatever the clocks, pages and overlaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.incremental import KeyRange, TableReader
from connectors.odoo import readers
from tests.contract.odoo.conftest import Reader
from tests.contract.odoo.shop import CHAIR, PEN, furnished, ticket

MakeReader = Callable[..., Reader]
BOTH = pytest.mark.parametrize("version", ["14.0", "19.0"])


def of(reader: Reader, table: str) -> TableReader:
    return next(one for one in reader.open().readers if one.table.name == table)


def ids(batches: Iterator[Any]) -> list[int]:
    return [number for batch in batches for number in batch.rows.column("id").to_pylist()]


@BOTH
def test_rows_of_the_cursors_own_second_are_read_again(make_reader: MakeReader, version: str) -> None:
    """RPC shows whole seconds of a moment that is stored with microseconds."""
    reader = make_reader(version)
    tickets = of(reader, "pos_order")
    cursor = tickets.watermark()
    assert cursor == "2026-03-02 12:00:00"
    assert ids(tickets.changes(cursor, is_deep=False)) == sorted(reader.fake.rows["pos.order"])


@BOTH
def test_a_long_transactions_rows_appear_late_with_an_old_date_and_are_still_found(
    make_reader: MakeReader, version: str
) -> None:
    reader = make_reader(version)
    tickets = of(reader, "pos_order")
    reader.fake.now += timedelta(days=10)
    ticket(reader.fake, 20, "2026-03-12 11:00:00", lines=[])
    cursor = tickets.watermark()
    for number, age in ((21, timedelta(minutes=59)), (22, timedelta(hours=2)), (23, timedelta(days=8))):
        ticket(reader.fake, number, "2026-03-12 11:00:00", lines=[])
        reader.fake.rows["pos.order"][number]["write_date"] = (reader.fake.now - age).strftime("%Y-%m-%d %H:%M:%S")
    assert ids(tickets.changes(cursor, is_deep=False)) == [20, 21]
    assert ids(tickets.changes(cursor, is_deep=True)) == [20, 21, 22]


@BOTH
def test_a_line_is_found_though_its_ticket_did_not_move(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    reader.fake.now += timedelta(days=1)
    reader.fake.put("pos.order.line", 10, qty=4)
    cursor = "2026-03-03 11:30:00"
    assert ids(of(reader, "pos_order_line").changes(cursor, is_deep=False)) == [10]
    assert ids(of(reader, "pos_order").changes(cursor, is_deep=False)) == []


def test_a_date_in_the_future_does_not_move_the_cursor_there(make_reader: MakeReader) -> None:
    reader = make_reader("17.0")
    reader.fake.rows["pos.order"][1]["write_date"] = "2999-01-01 00:00:00"
    cursor = of(reader, "pos_order").watermark()
    assert isinstance(cursor, str)
    assert cursor <= datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")


def test_an_empty_table_has_no_cursor_and_is_read_whole_once_it_has_rows(make_reader: MakeReader) -> None:
    reader = make_reader("17.0")
    reader.fake.delete("sale.order", *list(reader.fake.rows["sale.order"]))
    orders = of(reader, "sale_order")
    assert orders.watermark() is None
    reader.fake.put("sale.order", 7, date_order="2020-01-01 00:00:00", state="sale")
    assert ids(orders.changes(None, is_deep=False)) == [7]


@BOTH
def test_pages_follow_the_key_and_resume_after_it(
    make_reader: MakeReader, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "PAGE", 4)
    reader = make_reader(version)
    lines = of(reader, "pos_order_line")
    wanted = sorted(reader.fake.rows["pos.order.line"])
    batches = list(lines.first_load(None))
    assert ids(iter(batches)) == wanted
    assert batches[0].replaces == KeyRange("id", None, wanted[3])
    assert batches[0].reached == wanted[3]
    assert batches[-1].replaces == KeyRange("id", batches[-2].reached, None)
    assert ids(lines.first_load(wanted[5])) == wanted[6:]


def test_a_page_that_changes_while_it_is_read_loses_nothing(
    make_reader: MakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "PAGE", 3)
    reader = make_reader("17.0")
    wanted = sorted(reader.fake.rows["pos.order.line"])
    pages = of(reader, "pos_order_line").first_load(None)
    found = ids(iter([next(pages)]))
    reader.fake.delete("pos.order.line", wanted[0], wanted[1])
    found += ids(pages)
    assert found == wanted


@BOTH
def test_archived_records_are_read_counted_and_kept(make_reader: MakeReader, version: str) -> None:
    products = of(make_reader(version), "product_product")
    assert CHAIR in ids(products.first_load(None))
    assert products.count() == 10


@BOTH
def test_keys_are_all_ids_in_pages_and_rows_can_be_asked_for_by_them(
    make_reader: MakeReader, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_ID_PAGE", 4)
    reader = make_reader(version)
    lines = of(reader, "pos_order_line")
    pages = list(lines.keys() or ())
    wanted = sorted(reader.fake.rows["pos.order.line"])
    assert [number for page in pages for number in page.column("id").to_pylist()] == wanted
    assert ids(lines.by_keys(pages[1])) == wanted[4:8]


@BOTH
def test_each_company_tells_its_own_cost(make_reader: MakeReader, version: str) -> None:
    costs = of(make_reader(version), "product_cost")
    rows = [row for batch in costs.read() for row in batch.rows.to_pylist() if row["product_id"] == PEN]
    assert [(row["company_id"], float(row["standard_price"])) for row in rows] == [(1, 0.5), (2, 0.6)]


@BOTH
def test_every_call_names_the_users_companies(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    of(reader, "pos_order").count()
    assert reader.fake.calls[-1][2]["context"] == {
        "active_test": False,
        "allowed_company_ids": [1, 2],
        "lang": "en_US",
    }


@pytest.mark.parametrize(
    ("setting", "zones"),
    [(None, [("America/New_York"), None]), ("Asia/Tokyo", ["America/New_York", "Asia/Tokyo"])],
)
def test_a_company_without_a_clock_has_that_of_the_settings(
    make_reader: MakeReader, setting: str | None, zones: list[str | None]
) -> None:
    fake = furnished("17.0")
    fake.put("res.partner", 2, tz=False)
    reader = make_reader("17.0", fake)
    reader.source = reader.source.model_copy(update={"time_zone": setting})
    (batch,) = of(reader, "res_company").read()
    assert batch.rows.column("time_zone").to_pylist() == zones


def test_a_record_with_an_impossible_value_is_put_aside_and_named(make_reader: MakeReader) -> None:
    reader = make_reader("17.0")
    reader.fake.put("pos.order", 2, date_order="yesterday")
    (batch,) = of(reader, "pos_order").first_load(None)
    assert [(one.key, one.reason) for one in batch.rejected] == [
        ("2", "date_order: 'yesterday' is not a date and time")
    ]
    assert batch.rows.num_rows == len(reader.fake.rows["pos.order"]) - 1
