"""What a load does with files that are new, changed, copied, overlapping or gone."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from connectors.column_types import DUCKDB_TYPES
from connectors.files import chunk, discover
from connectors.files.contacts import raw_types
from connectors.files.template import template

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

HEADER = "sale_id,store_id,product_id,sold_at,quantity,net_amount\n"
LINE = "T1,S1,P1,2025-05-01 10:00:00,2,9.50"


@pytest.fixture(autouse=True, params=[chunk.CHUNK_ROWS, 1], ids=["one delivery", "a delivery per file"])
def rows_of_a_delivery(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a load leaves does not depend on the deliveries that it takes."""
    monkeypatch.setattr(chunk, "CHUNK_ROWS", request.param)


def columns(shop: Shop, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in shop.rows(f"DESCRIBE raw_files.{table}")}


def test_every_table_of_the_template_exists_typed_when_only_sale_lines_are_there(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE)
    shop.load()
    for name, table in template().tables.items():
        expected = {column: DUCKDB_TYPES[kind].replace(", ", ",") for column, kind in raw_types(name, table).items()}
        assert columns(shop, name) == expected, name


def test_values_get_their_types(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", " T1 , S1,P1,2025-05-01 10:00:00, 2 ,9.5")
    shop.load()
    assert shop.rows("SELECT sale_id, store_id, quantity, net_amount, _file, _line FROM raw_files.sale_lines") == [
        ("T1", "S1", Decimal("2.0000"), Decimal("9.5000"), "sale_lines.csv", 2)
    ]


def test_columns_may_have_the_names_that_people_write(shop: Shop) -> None:
    shop.write("sale_lines.csv", "Store,Product,sold_at,quantity,Net,net_amount\nS1,P1,2025-05-01 10:00:00,2,1,9.5\n")
    shop.load()
    assert shop.rows("SELECT store_id, product_id, net_amount FROM raw_files.sale_lines") == [
        ("S1", "P1", Decimal("9.5"))
    ]


def test_times_without_offset_are_the_stores_local_time(shop: Shop) -> None:
    shop.write("stores.csv", "store_id,time_zone\nS1,\nS2,America/New_York\n")
    shop.sale_lines(
        "sale_lines.csv",
        "1,S1,P,2025-05-01 10:00:00,1,1",
        "2,S2,P,2025-05-01 10:00:00,1,1",
        "3,S1,P,2025-05-01T10:00:00Z,1,1",
        "4,S2,P,2025-05-01T10:00:00-03:00,1,1",
        "5,S1,P,2025-05-01,1,1",
    )
    shop.load()
    hours = shop.rows("SELECT sale_id, sold_at::VARCHAR FROM raw_files.sale_lines ORDER BY 1")
    assert hours == [
        ("1", "2025-05-01 08:00:00+00"),
        ("2", "2025-05-01 14:00:00+00"),
        ("3", "2025-05-01 10:00:00+00"),
        ("4", "2025-05-01 13:00:00+00"),
        ("5", "2025-04-30 22:00:00+00"),
    ]


def test_loading_twice_changes_nothing_and_reads_nothing(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE, LINE, "T2,S1,P1,2025-05-01 10:00:00,x,1")
    first = shop.load()
    before = shop.dump()
    second = shop.load()
    assert first.changed
    assert not second.changed
    assert second.tables["sale_lines"].files_unchanged == 1
    assert second.read == 0
    assert shop.dump() == before


def test_equal_lines_are_all_kept_with_an_ordinal_and_reported(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE, LINE, LINE)
    report = shop.load()
    assert report.tables["sale_lines"].exact_duplicates == 2
    ids = [row[0] for row in shop.rows("SELECT sale_line_id FROM raw_files.sale_lines ORDER BY 1")]
    assert ids == [ids[0], f"{ids[0]}:2", f"{ids[0]}:3"]


def test_made_ids_do_not_depend_on_the_order_of_lines_or_the_way_numbers_are_written(
    make_shop: Callable[..., Shop],
) -> None:
    first, second = make_shop("first"), make_shop("second")
    first.sale_lines("sale_lines.csv", "T1,S1,P1,2025-05-01 10:00:00,2,9.50", "T1,S1,P2,2025-05-01 10:00:00,1,1")
    second.sale_lines(
        "sale_lines-a.csv", "T1,S1,P2,2025-05-01 10:00:00,1,1.00", "T1,S1,P1,2025-05-01T08:00:00Z,2.0,9.5"
    )
    first.load()
    second.load()
    ids = "SELECT sale_line_id, product_id FROM raw_files.sale_lines ORDER BY 1"
    assert first.rows(ids) == second.rows(ids)


def test_tickets_are_made_from_store_and_moment_where_the_file_has_none(shop: Shop) -> None:
    shop.write(
        "sale_lines.csv",
        "store_id,product_id,sold_at,quantity,gross_amount\n"
        "S1,P1,2025-05-01 10:00:00,1,1\nS1,P2,2025-05-01 10:00:00,1,1\nS1,P1,2025-05-01 10:00:01,1,1\n",
    )
    shop.load()
    assert shop.rows("SELECT count(DISTINCT sale_id), count(DISTINCT sale_line_id) FROM raw_files.sale_lines") == [
        (2, 3)
    ]


def test_an_edited_file_replaces_its_rows(shop: Shop) -> None:
    shop.sale_lines("sale_lines_1.csv", LINE, "T2,S1,P1,2025-05-01 11:00:00,1,1", "T3,S1,P1,2025-05-01 11:00:00,x,1")
    shop.sale_lines("sale_lines_2.csv", "T9,S1,P1,2025-05-02 11:00:00,1,1")
    shop.load()
    shop.sale_lines("sale_lines_1.csv", LINE)
    report = shop.load()
    assert report.tables["sale_lines"].files_loaded == 1
    assert report.tables["sale_lines"].files_unchanged == 1
    assert shop.rows("SELECT sale_id FROM raw_files.sale_lines ORDER BY 1") == [("T1",), ("T9",)]
    assert shop.reasons() == []


def test_a_file_that_lost_all_its_rows_leaves_none(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE)
    shop.load()
    shop.write("sale_lines.csv", HEADER)
    shop.load()
    assert shop.rows("SELECT count(*) FROM raw_files.sale_lines") == [(0,)]


def test_a_file_that_is_taken_out_of_the_folder_keeps_its_rows(shop: Shop) -> None:
    shop.sale_lines("sale_lines_1.csv", LINE)
    shop.load()
    shop.sale_lines("sale_lines_2.csv", "T9,S1,P1,2025-05-02 11:00:00,1,1")
    (shop.workspace.incoming / "sale_lines_1.csv").unlink()
    shop.load()
    assert shop.rows("SELECT count(*) FROM raw_files.sale_lines") == [(2,)]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a"), ("ab",)])
def test_the_later_file_wins_a_key_whatever_the_order_of_loading(shop: Shop, order: tuple[str, ...]) -> None:
    content = {"a": "product_id,name\nP1,old\nP2,only here\n", "b": "product_id,name\nP1,new\n"}
    for files in order:
        for file in files:
            shop.write(f"products_{file}.csv", content[file])
        shop.load()
    names = "SELECT product_id, name FROM raw_files.products ORDER BY 1"
    assert shop.rows(names) == [("P1", "new"), ("P2", "only here")]
    shop.write("products_b.csv", "product_id,name\nP3,other\n")
    shop.load()
    assert shop.rows(names) == [("P1", "old"), ("P2", "only here"), ("P3", "other")]


def test_keys_with_empty_parts_replace_each_other(shop: Shop) -> None:
    header = "store_id,product_id,valid_from_date,price\n"
    shop.write("prices_1.csv", f"{header},P1,2025-01-01,1\nS1,P1,2025-01-01,3\n")
    shop.load()
    shop.write("prices_2.csv", f"{header},P1,2025-01-01,2\n")
    shop.load()
    assert shop.rows("SELECT store_id, price FROM raw_files.prices ORDER BY 2") == [(None, 2), ("S1", 3)]


def test_a_repeated_key_within_a_file_leaves_its_last_row_and_accounts_for_the_others(shop: Shop) -> None:
    shop.write("products.csv", "product_id,name\nP1,first\nP1,second\nP2,x\nP2,x\n")
    report = shop.load()
    assert report.tables["products"].exact_duplicates == 1
    assert shop.rows("SELECT product_id, name FROM raw_files.products ORDER BY 1") == [("P1", "second"), ("P2", "x")]
    reason = "a later line of the file has the same product_id"
    assert shop.reasons("products") == [(2, reason), (4, reason)]


def test_the_same_content_under_two_names_is_loaded_once_and_said(shop: Shop) -> None:
    shop.sale_lines("sale_lines_1.csv", LINE, LINE)
    shop.sale_lines("sale_lines_2.csv", LINE, LINE)
    report = shop.load()
    assert report.duplicates == {"sale_lines_2.csv": "sale_lines_1.csv"}
    assert shop.rows("SELECT count(*) FROM raw_files.sale_lines") == [(2,)]
    shop.sale_lines("sale_lines_1.csv", "T8,S1,P1,2025-05-02 11:00:00,1,1")
    assert shop.load().duplicates == {}
    assert shop.rows("SELECT sale_id, count(*) FROM raw_files.sale_lines GROUP BY 1 ORDER BY 1") == [
        ("T1", 2),
        ("T8", 1),
    ]


def test_a_file_that_becomes_a_copy_of_another_loses_its_old_rows(shop: Shop) -> None:
    shop.sale_lines("sale_lines_1.csv", LINE)
    shop.sale_lines("sale_lines_2.csv", "T8,S1,P1,2025-05-02 11:00:00,1,1")
    shop.load()
    shop.sale_lines("sale_lines_2.csv", LINE)
    shop.load()
    assert shop.rows("SELECT sale_id FROM raw_files.sale_lines") == [("T1",)]
    assert not shop.load().changed


def test_a_renamed_file_is_not_loaded_again(shop: Shop) -> None:
    path = shop.sale_lines("sale_lines.csv", LINE)
    shop.load()
    path.rename(path.with_name("sale_lines-2025.csv"))
    report = shop.load()
    assert not report.changed
    assert report.gone == []


def test_files_that_were_taken_out_of_the_folder_are_named(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE)
    gone = shop.write("products.csv", "product_id\nP1\n")
    assert shop.load().gone == []
    gone.unlink()
    report = shop.load()
    assert report.gone == ["products.csv"]
    assert not report.changed


def test_a_file_of_the_same_size_and_time_is_not_read_at_all(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shop.sale_lines("sale_lines.csv", LINE)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    shop.load()
    monkeypatch.setattr(discover, "_fingerprint", None)
    assert shop.load().tables["sale_lines"].files_unchanged == 1


def test_a_file_that_was_touched_is_read_once_to_see_that_it_is_the_same(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.sale_lines("sale_lines.csv", LINE)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    shop.load()
    os.utime(path, (1_700_000_001, 1_700_000_001))
    assert not shop.load().changed
    monkeypatch.setattr(discover, "_fingerprint", None)
    assert not shop.load().changed


def test_a_file_that_changed_just_now_is_not_known_by_its_time(shop: Shop) -> None:
    path = shop.sale_lines("sale_lines.csv", LINE)
    shop.load()
    before = path.stat()
    shop.sale_lines("sale_lines.csv", LINE.replace("T1", "T2"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert shop.load().changed
    assert shop.rows("SELECT sale_id FROM raw_files.sale_lines") == [("T2",)]


def test_a_load_of_many_rows_goes_in_by_several_deliveries(shop: Shop) -> None:
    for number in range(4):
        shop.sale_lines(f"sale_lines_{number}.csv", LINE.replace("T1", f"T{number}"))
    shop.load()
    deliveries = 1 if chunk.CHUNK_ROWS > 1 else 4
    assert shop.rows("SELECT count(*) FROM raw_files._dlt_loads") == [(deliveries,)]
    assert shop.rows("SELECT count(*) FROM raw_files.sale_lines") == [(4,)]


def test_lines_of_an_unknown_store_come_in_once_the_store_is_known(shop: Shop) -> None:
    shop.write("stores.csv", "store_id\nS2\n")
    shop.sale_lines("sale_lines.csv", LINE)
    report = shop.load()
    assert report.tables["sale_lines"].quarantined == 1
    assert shop.reasons() == [(2, "unknown store: S1")]
    shop.write("stores-new.csv", "store_id\nS1\n")
    assert shop.load().tables["sale_lines"].accepted == 1
    assert shop.reasons() == []


def test_any_store_is_taken_where_no_file_lists_stores(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE)
    assert shop.load().tables["sale_lines"].accepted == 1


def test_a_file_is_read_again_when_the_zone_of_its_store_changes(shop: Shop) -> None:
    shop.write("stores.csv", "store_id,time_zone\nS1,Europe/Paris\n")
    shop.sale_lines("sale_lines.csv", LINE)
    shop.load()
    shop.write("stores.csv", "store_id,time_zone\nS1,Asia/Tokyo\n")
    shop.load()
    assert shop.rows("SELECT sold_at::VARCHAR FROM raw_files.sale_lines") == [("2025-05-01 01:00:00+00",)]


def test_parquet_packed_and_otherwise_separated_files_are_read(shop: Shop) -> None:
    shop.write("products.csv.gz", gzip.compress(b"product_id;name\nP1;a, b\n"))
    shop.write("customers/2025.csv", "customer_id\tname\r\nC1\tAda\r\n")
    shop.write("suppliers.csv", b"\xef\xbb\xbfSupplier_ID|Name\rU1|Acme\r")
    path = shop.workspace.incoming / "sale_lines.parquet"
    duckdb.sql(
        "COPY (SELECT 'T1' AS sale_id, 1 AS store_id, 'P1' AS product_id, TIMESTAMP '2025-05-01 10:00' AS sold_at,"
        f" 2.5::DOUBLE AS quantity, 1.1::FLOAT AS net_amount) TO '{path}'"
    )
    shop.load()
    assert shop.rows("SELECT name FROM raw_files.products") == [("a, b",)]
    assert shop.rows("SELECT customer_id FROM raw_files.customers") == [("C1",)]
    assert shop.rows("SELECT name FROM raw_files.suppliers") == [("Acme",)]
    assert shop.rows("SELECT store_id, quantity, net_amount, sold_at::VARCHAR, _line FROM raw_files.sale_lines") == [
        ("1", Decimal("2.5"), Decimal("1.1"), "2025-05-01 08:00:00+00", 1)
    ]


def test_names_that_mean_something_to_the_database_are_only_names(shop: Shop) -> None:
    name = "sale_lines it's {staging_table} [a-z]*?.csv"
    shop.sale_lines(name, LINE)
    shop.sale_lines("sale_lines its.csv", "T8,S1,'; DROP TABLE x; --{{ 7*7 }},2025-05-02 11:00:00,1,1")
    shop.load()
    shop.sale_lines(name, LINE, "T2,S1,P1,2025-05-01 10:00:00,2,9.50")
    shop.load()
    assert shop.rows("SELECT _file, count(*) FROM raw_files.sale_lines GROUP BY 1 ORDER BY 1") == [
        (name, 2),
        ("sale_lines its.csv", 1),
    ]


def test_capabilities_say_which_tables_have_files(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE)
    shop.load()
    available = dict(shop.rows("SELECT table_name, is_available FROM raw_files.capabilities"))
    assert available == {name: name == "sale_lines" for name in template().tables}
    shop.write("stores.csv", "store_id\nS1\n")
    shop.load()
    assert shop.rows("SELECT table_name FROM raw_files.capabilities WHERE is_available ORDER BY 1") == [
        ("sale_lines",),
        ("stores",),
    ]


def test_loads_add_up_to_what_is_in_the_tables(shop: Shop) -> None:
    shop.sale_lines("sale_lines_1.csv", LINE, "T2,S1,P1,2025-05-01 10:00:00,x,1", "T3")
    shop.sale_lines("sale_lines_2.csv", "T9,S1,P1,2025-05-02 11:00:00,1,1")
    shop.load()
    loads = shop.rows("SELECT file, read, accepted, quarantined FROM raw_files.loads ORDER BY 1")
    assert loads == [("sale_lines_1.csv", 3, 1, 2), ("sale_lines_2.csv", 1, 1, 0)]
    assert shop.rows("SELECT count(*) FROM raw_files.quarantine") == [(2,)]


def test_nothing_is_written_outside_the_workspace(shop: Shop, tmp_path: Path) -> None:
    shop.sale_lines("sale_lines.csv", LINE)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = (
        "import connectors\nfrom pathlib import Path\nfrom connectors.files.settings import FilesSource\n"
        "from retail.progress import silent\nfrom retail.settings import Settings\n"
        "from retail.workspace import Workspace\n"
        f"workspace = Workspace(Path({str(shop.workspace.root)!r}))\n"
        "connectors.load(FilesSource(type='files'), workspace, Settings(), silent)\n"
    )
    root = Path(__file__).parents[3]
    keep = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG"}}
    environment = keep | {"HOME": str(elsewhere), "TMPDIR": str(elsewhere), "PYTHONPATH": str(root)}
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=elsewhere, check=True, timeout=120)
    assert list(elsewhere.rglob("*")) == []
    assert not list(shop.workspace.dlt_state.glob("*-load"))
