"""What the engine promises of every system source, shown on a source in memory."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.dlt_run import deliver as real_deliver
from connectors.incremental import load_source
from connectors.report import LoadReport
from retail.errors import SourceError
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create
from tests.contract.incremental.fake import (
    CONFIG,
    LINES,
    ORDERS,
    PRODUCTS,
    STORES,
    FakeConfig,
    FakeReader,
    FakeServer,
    FakeSource,
)

Load = Callable[..., LoadReport]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create(tmp_path, "shop", WorkspaceDescription(kind="real", created_at=datetime.now(UTC)))


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer()
    for number in range(1, 31):
        server.order(number, 1.5 * number, 2.25)
    server.put("products", code="A", name="Apple")
    server.put("products", code="B", name="Bread")
    server.put("stores", code="S1", name="North")
    return server


@pytest.fixture
def load(workspace: Workspace) -> Load:
    def run(server: FakeServer, **kwargs: Any) -> LoadReport:
        source = kwargs.pop("source", None) or FakeSource(server)
        return load_source(CONFIG, workspace, Settings(), silent, source, **kwargs)

    return run


def rows(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def must_equal(workspace: Workspace, server: FakeServer) -> None:
    for table in (ORDERS, LINES, PRODUCTS, STORES):
        names = list(table.columns)
        found = rows(workspace, f"select {', '.join(names)} from raw_odoo.{table.name} order by 1")
        wanted = sorted(tuple(row.get(name) for name in names) for row in server.rows[table.name].values())
        assert [tuple(float(v) if hasattr(v, "quantize") else v for v in row) for row in found] == wanted, table.name


def test_a_first_load_brings_everything_and_says_so(load: Load, server: FakeServer, workspace: Workspace) -> None:
    report = load(server)
    must_equal(workspace, server)
    assert report.changed
    assert report.tables["orders"].accepted == 30
    assert rows(workspace, "select read, accepted, quarantined from raw_odoo.loads where file = 'the.lines'") == [
        (60, 60, 0)
    ]
    assert rows(workspace, "select count(*) from raw_odoo.capabilities where is_available") == [(4,)]


def test_loading_again_writes_nothing(load: Load, server: FakeServer, workspace: Workspace) -> None:
    load(server)
    before = rows(workspace, "select count(*) from raw_odoo._dlt_loads")
    report = load(server)
    assert not report.changed
    assert rows(workspace, "select count(*) from raw_odoo._dlt_loads") == before


def test_changes_additions_and_deletions_arrive_with_the_next_load(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    server.order(31, 9)
    server.put("orders", id=5, total=-1)
    server.delete_order(2)
    server.rows["stores"].clear()
    server.put("stores", code="S2", name="South")
    assert load(server).changed
    must_equal(workspace, server)


def test_a_line_taken_out_of_a_changed_document_goes(load: Load, server: FakeServer, workspace: Workspace) -> None:
    load(server)
    del server.rows["lines"][301]
    server.put("lines", id=300, order_id=30, product="A", amount=1)
    load(server)
    must_equal(workspace, server)


def test_a_row_that_appears_with_an_older_stamp_than_the_overlap_is_found_by_the_count(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    server.order(40, 5)
    for table, key in (("orders", 40), ("lines", 400)):
        server.rows[table][key]["stamp"] = 1
    load(server)
    must_equal(workspace, server)


def test_an_edit_with_an_old_stamp_is_found_by_the_deep_load(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    server.rows["orders"][28].update(total=77, stamp=server.rows["orders"][28]["stamp"])
    assert not load(server).changed
    load(server, is_deep=True)
    must_equal(workspace, server)


def test_one_deleted_and_one_missed_row_are_found_by_the_deep_load_though_the_count_is_the_same(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    server.delete_order(3)
    server.order(41, 5, 6)
    for table, key in (("orders", 41), ("lines", 410), ("lines", 411)):
        server.rows[table][key]["stamp"] = 1
    load(server, is_deep=True)
    must_equal(workspace, server)


def test_a_rename_reads_the_tables_that_carry_the_name_anew(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    server.rename("A", "APPLE")
    load(server)
    must_equal(workspace, server)
    server.rename("APPLE", "apple")
    server.rows["products"]["apple"]["stamp"] = 1  # it moved no stamp that the cursor would see
    load(server)
    must_equal(workspace, server)


def test_a_product_that_nothing_names_is_deleted_without_reading_the_lines_again(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    del server.rows["products"]["B"]
    server.put("products", code="C", name="Cheese")
    server.requests.clear()
    load(server)
    must_equal(workspace, server)
    assert server.requests.count("the.lines page") <= 2


def test_a_record_that_cannot_be_a_row_goes_to_quarantine_and_comes_back_mended(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    server.put("orders", id=50, total="many")
    report = load(server)
    assert report.tables["orders"].quarantined == 1
    assert rows(workspace, "select file, record_key, reason from raw_odoo.quarantine") == [
        ("the.orders", "50", "total: 'many' is not a number of at most 14 digits before the point")
    ]
    counts = "select read, accepted, quarantined from raw_odoo.loads where file = 'the.orders'"
    assert rows(workspace, counts) == [(31, 30, 1)]
    assert not load(server).changed
    server.put("orders", id=50, total=4)
    load(server)
    assert rows(workspace, "select * from raw_odoo.quarantine") == []
    assert rows(workspace, counts) == [(31, 31, 0)]


def test_a_quarantined_record_that_is_deleted_leaves_the_quarantine(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    server.put("orders", id=50, total="many")
    load(server)
    del server.rows["orders"][50]
    load(server, is_deep=True)
    assert rows(workspace, "select * from raw_odoo.quarantine") == []


@pytest.mark.parametrize("request_number", [0, 1, 3, 6, 9, 14])
def test_a_server_that_dies_in_a_first_load_is_read_on_where_it_stopped(
    load: Load, server: FakeServer, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, request_number: int
) -> None:
    monkeypatch.setattr("connectors.incremental.first_load.CHUNK_ROWS", 7)
    server.fails_at = request_number
    with pytest.raises(SourceError):
        load(server)
    server.fails_at = None
    whole = len(server.requests)
    server.requests.clear()
    server.order(99, 1)
    server.delete_order(1)
    load(server)
    must_equal(workspace, server)
    assert whole <= 2 or len(server.requests) < 9 + 5 + 9


def test_a_server_that_dies_in_a_later_load_changes_nothing(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    before = rows(workspace, "select * from raw_odoo.lines order by id")
    server.order(31, 9)
    server.requests.clear()
    server.fails_at = 2
    with pytest.raises(SourceError):
        load(server)
    assert rows(workspace, "select * from raw_odoo.lines order by id") == before


def test_a_delivery_that_was_cut_off_is_finished_without_the_source(
    load: Load, server: FakeServer, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(server)
    server.order(31, 9)
    server.delete_order(4)

    def die(*args: Any) -> None:
        real_deliver(*args[:3], args[3][:1])  # one table is in, the others are not
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("connectors.journal.deliver", die)
        with pytest.raises(KeyboardInterrupt):
            load(server)
    wanted = {name: dict(table) for name, table in server.rows.items()}
    server.fails_at = len(server.requests)
    with pytest.raises(SourceError):
        load(server)
    server.rows = wanted
    must_equal(workspace, server)


def test_a_column_that_a_release_adds_is_filled_in_every_row(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    for row in server.rows["orders"].values():
        row["till"] = f"T{row['id']}"
    wider = replace(ORDERS, columns={**ORDERS.columns, "till": "text"})
    load(server, source=FakeSource(server, (LINES, PRODUCTS, STORES, wider)))
    assert rows(workspace, "select count(*), count(till) from raw_odoo.orders") == [(30, 30)]
    assert not load(server, source=FakeSource(server, (LINES, PRODUCTS, STORES, wider))).changed


@pytest.mark.parametrize("what", ["rename", "release", "move"])
def test_a_table_that_is_read_anew_survives_a_kill_before_it_is_written(
    load: Load, server: FakeServer, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    load(server)
    server.put("orders", id=5, total=-1)
    tables = (LINES, PRODUCTS, STORES, replace(ORDERS, version=2) if what == "release" else ORDERS)
    config = FakeConfig(type="odoo", address="elsewhere" if what == "move" else "here")
    if what == "rename":
        server.rename("A", "APPLE")
    if what == "move":
        server.rows["lines"] = {key: {**row, "product": "Z"} for key, row in server.rows["lines"].items()}

    def run() -> None:
        load_source(config, workspace, Settings(), silent, FakeSource(server, tables))

    with monkeypatch.context() as patched:
        patched.setattr("connectors.journal.deliver", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run()
    run()
    must_equal(workspace, server)


def test_a_row_that_becomes_unreadable_is_no_longer_in_the_table(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    server.put("orders", id=5, total="many")
    load(server)
    assert rows(workspace, "select count(*) from raw_odoo.orders where id = 5") == [(0,)]
    counts = "select read, accepted, quarantined from raw_odoo.loads where file = 'the.orders'"
    assert rows(workspace, counts) == [(30, 29, 1)]
    assert not load(server).changed


def test_thousands_of_parents_are_compared_at_once(load: Load, server: FakeServer, workspace: Workspace) -> None:
    load(server)
    server.page = 1
    for number in range(1000, 2300):
        server.order(number, 1)
    load(server)
    must_equal(workspace, server)


def test_a_delivery_that_waits_for_a_warehouse_that_is_gone_is_dropped(
    load: Load, server: FakeServer, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(server)
    server.order(31, 9)
    with monkeypatch.context() as patched:
        patched.setattr("connectors.journal.deliver", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            load(server)
    workspace.warehouse.unlink()
    monkeypatch.setattr(FakeReader, "count", lambda _: None)
    monkeypatch.setattr(FakeReader, "keys", lambda _: None)
    load(server)
    must_equal(workspace, server)


def test_a_name_that_changes_during_a_first_load_is_changed_everywhere(
    load: Load, server: FakeServer, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.incremental.first_load.CHUNK_ROWS", 7)
    server.fails_at = 5
    with pytest.raises(SourceError):
        load(server)
    server.fails_at = None
    server.rename("A", "APPLE")
    load(server)
    must_equal(workspace, server)


def test_a_first_load_that_starts_over_leaves_nothing_of_the_earlier_one(
    load: Load, server: FakeServer, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.incremental.first_load.CHUNK_ROWS", 7)
    server.put("lines", id=5, order_id=1, product="A", amount="many")
    server.fails_at = 4
    with pytest.raises(SourceError):
        load(server)
    other = FakeServer()
    other.order(50, 8)
    monkeypatch.setattr(FakeReader, "count", lambda _: None)
    monkeypatch.setattr(FakeReader, "keys", lambda _: None)
    moved = FakeConfig(type="odoo", address="elsewhere")
    load_source(moved, workspace, Settings(), silent, FakeSource(other))
    must_equal(workspace, other)
    assert rows(workspace, "select * from raw_odoo.quarantine") == []


def test_another_server_under_the_same_type_replaces_everything(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    other = FakeServer()
    other.order(3, 7)
    other.order(99, 8)
    other.put("products", code="A", name="Anchovy")
    moved = FakeConfig(type="odoo", address="elsewhere")
    load_source(moved, workspace, Settings(), silent, FakeSource(other))
    must_equal(workspace, other)


def test_a_table_that_the_source_no_longer_shows_keeps_its_rows(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    source = FakeSource(server)
    source.capabilities = {
        **source.capabilities,
        "stores": replace(source.capabilities["stores"], is_available=False, note="no right to read stores"),
    }
    server.rows["stores"].clear()
    load(server, source=source)
    assert rows(workspace, "select count(*) from raw_odoo.stores") == [(1,)]
    assert rows(workspace, "select note from raw_odoo.capabilities where table_name = 'stores'") == [
        ("no right to read stores",)
    ]


def test_losing_the_warehouse_costs_a_load_and_nothing_else(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    load(server)
    workspace.warehouse.unlink()
    load(server)
    must_equal(workspace, server)


def test_whatever_happens_in_between_the_warehouse_ends_as_the_source(
    load: Load, server: FakeServer, workspace: Workspace
) -> None:
    chance = random.Random(7)
    number = 100
    for step in range(25):
        for _ in range(chance.randrange(6)):
            number += 1
            server.order(number, *[chance.randrange(1, 9) for _ in range(chance.randrange(1, 4))])
        if chance.random() < 0.4:
            server.delete_order(chance.choice(sorted(server.rows["orders"])))
        if chance.random() < 0.4:
            changed = chance.choice(sorted(server.rows["orders"]))
            server.put("orders", id=changed, total=step)
        server.requests.clear()
        server.fails_at = chance.randrange(1, 12) if chance.random() < 0.3 else None
        try:
            load(server)
        except SourceError:
            continue
        must_equal(workspace, server)
    server.fails_at = None
    load(server, is_deep=True)
    must_equal(workspace, server)
