"""Files and rows that cannot be used: each is named with its reason, and nothing else is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from connectors.files import load_folder
from retail.errors import PipelineError, SourceError
from retail.settings import Settings

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

HEADER = "sale_id,store_id,product_id,sold_at,quantity,net_amount\n"
LINE = "T1,S1,P1,2025-05-01 10:00:00,2,9.50"
GOOD = "product_id,name\nP1,Tea\n"


def only_error(shop: Shop) -> str:
    """The one error of a load in which everything else came in."""
    shop.write("products.csv", GOOD)
    report = shop.load()
    assert shop.rows("SELECT count(*) FROM raw_files.products") == [(1,)]
    assert len(report.errors) == 1
    assert isinstance(report.errors[0], SourceError)
    return str(report.errors[0])


def test_a_missing_column_is_named_with_the_file_and_what_there_is(shop: Shop) -> None:
    shop.write("sale_lines.csv", "store_id,article,sold_at,quantity\nS1,P1,2025-05-01,1\n")
    message = only_error(shop)
    assert "sale_lines.csv has no column product_id, net_amount or gross_amount" in message
    assert "It has store_id, article, sold_at, quantity" in message


BAD_ROWS = {
    "T,S1,P,2025-05-01 10:00,two,1": "quantity is not a number with at most 14 digits before the point: two",
    "T,S1,P,2025-05-01 10:00,1,1e30": "net_amount is not a number with at most 14 digits before the point: 1e30",
    "T,S1,P,2025-05-01 10:00,NaN,1": "quantity is not a number with at most 14 digits before the point: NaN",
    "T,S1,P,yesterday,1,1": "sold_at is not a date and time such as 2024-05-31 14:05:00: yesterday",
    "T,S1,P,2025-02-30 10:00,1,1": "sold_at is not a date and time such as 2024-05-31 14:05:00: 2025-02-30 10:00",
    "T,S1,P,2025-06-15 10:00,1,1": "sold_at is in the future: 2025-06-15 10:00",
    "T,S1,P,infinity,1,1": "sold_at is no day of the calendar: infinity",
    "T,S1,P,0001-01-01,1,1": "sold_at is before 1970-01-01: 0001-01-01",
    "T,S1,P,,1,1": "sold_at is missing",
    "T,S1,  ,2025-05-01 10:00,1,1": "product_id is missing",
    "T,S1,P,2025-05-01 10:00,1,  ": "net_amount or gross_amount is missing",
    "T,S1,P,2025-05-01 10:00,1": "fewer values than the header has columns",
    "T,S1,P,2025-05-01 10:00,1,1,1": "more values than the header has columns",
    'T,S1,"P"x,2025-05-01 10:00,1,1': "a quote that is never closed",
}


def test_bad_rows_are_put_aside_with_their_lines_and_reasons(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", *[line for row in BAD_ROWS for line in (LINE, row)], LINE)
    table = shop.load().tables["sale_lines"]
    bad = len(BAD_ROWS)
    assert (table.read, table.accepted, table.quarantined) == (2 * bad + 1, bad + 1, bad)
    assert shop.reasons() == [(2 * index + 3, reason) for index, reason in enumerate(BAD_ROWS.values())]
    lines = list(range(2, 2 * bad + 3, 2))
    assert shop.rows("SELECT list(_line ORDER BY _line) FROM raw_files.sale_lines") == [(lines,)]


def test_lines_stay_right_around_records_that_cannot_be_taken_apart(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", "x", "x", LINE, "x", LINE, LINE, "x", "T,S1,P,2025-05-01 10:00,two,1", "x")
    shop.load()
    assert shop.rows("SELECT list(_line ORDER BY _line) FROM raw_files.sale_lines") == [([4, 6, 7],)]
    assert [line for line, _ in shop.reasons()] == [2, 3, 5, 8, 9, 10]


def test_a_long_row_is_kept_shortened(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", f"T,S1,{'P' * 5000},2025-05-01 10:00,two,1", "y" * 5000)
    shop.load()
    assert shop.rows("SELECT max(length(row_text)), min(length(row_text)) FROM raw_files.quarantine") == [(2000, 2000)]


def test_a_word_that_the_template_does_not_know_is_put_aside(shop: Shop) -> None:
    shop.write("sale_lines.csv", f"{HEADER.strip()},channel\n{LINE},POS\n{LINE},shop\n")
    shop.load()
    assert shop.rows("SELECT channel FROM raw_files.sale_lines") == [("pos",)]
    assert shop.reasons() == [(3, "channel is none of pos, order, online: shop")]


def test_a_time_zone_that_does_not_exist_is_put_aside(shop: Shop) -> None:
    shop.write("stores.csv", "store_id,time_zone\nS1,Mars/Olympus\nS2,Europe/Paris\n")
    shop.load()
    assert shop.reasons("stores") == [(2, "time_zone is no IANA time zone: Mars/Olympus")]


def test_days_to_come_are_fine_where_they_make_sense(shop: Shop) -> None:
    shop.write("prices.csv", "product_id,valid_from_date,valid_to_date,price\nP1,2026-01-01,9999-12-31,2\n")
    assert shop.load().tables["prices"].accepted == 1


def test_a_missing_folder_says_so(shop: Shop) -> None:
    shop.workspace.incoming.rmdir()
    with pytest.raises(SourceError, match=r"there is no folder .*incoming"):
        shop.load()


def test_an_empty_folder_says_what_to_put_there(shop: Shop) -> None:
    with pytest.raises(SourceError, match=r"nothing in .* feeds a table .*sale_lines\.csv"):
        shop.load()


def test_an_empty_file_is_reported_and_the_others_come_in(shop: Shop) -> None:
    shop.write("sale_lines.csv", "")
    assert "sale_lines.csv is empty (0 bytes)" in only_error(shop)


def test_a_file_with_a_header_only_is_no_error(shop: Shop) -> None:
    shop.write("sale_lines.csv", HEADER)
    report = shop.load()
    assert report.errors == []
    assert report.tables["sale_lines"].files_loaded == 1


def test_a_truncated_parquet_is_reported_and_nothing_is_lost(shop: Shop) -> None:
    path = shop.workspace.incoming / "sale_lines.parquet"
    duckdb.sql(
        "COPY (SELECT 'T' || i AS sale_id, 'S1' AS store_id, 'P1' AS product_id, TIMESTAMP '2025-05-01' AS sold_at,"
        f" 1 AS quantity, 1 AS net_amount FROM range(1000) AS r(i)) TO '{path}'"
    )
    shop.load()
    path.write_bytes(path.read_bytes()[:-100])
    assert "sale_lines.parquet cannot be read" in only_error(shop)
    assert shop.rows("SELECT count(*) FROM raw_files.sale_lines") == [(1000,)]


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08\x00broken", b"PK\x03\x04"])
def test_a_file_that_is_not_what_its_name_says_is_reported(shop: Shop, content: bytes) -> None:
    shop.write("sale_lines.csv.gz", content)
    assert "sale_lines.csv.gz" in only_error(shop)


def test_lines_in_another_encoding_are_put_aside_until_the_encoding_is_set(make_shop: Callable[..., Shop]) -> None:
    content = "product_id,name\nP1,Café\nP2,Tea\n".encode("latin-1")
    wrong, right = make_shop("wrong"), make_shop("right", encoding="latin-1")
    wrong.write("products.csv", content)
    right.write("products.csv", content)
    wrong.load()
    right.load()
    assert wrong.reasons("products") == [(2, "not in the encoding of the source (see `encoding` in sources.yaml)")]
    assert right.rows("SELECT name FROM raw_files.products ORDER BY product_id") == [("Café",), ("Tea",)]


def test_utf16_is_recognised_by_its_mark(shop: Shop) -> None:
    shop.write("products.csv", "product_id,name\nP1,Café\n".encode("utf-16"))
    shop.load()
    assert shop.rows("SELECT name FROM raw_files.products") == [("Café",)]


def test_bytes_that_are_no_text_are_reported(shop: Shop) -> None:
    shop.write("sale_lines.csv", bytes(range(256)) * 40)
    assert "sale_lines.csv" in only_error(shop)


def test_a_quote_that_swallows_lines_refuses_the_file(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE, 'T2,S1,"P1,2025-05-01 10:00:00,2,9.50', LINE, LINE)
    assert "sale_lines.csv has a quote in line 3" in only_error(shop)
    assert shop.rows("SELECT count(*) FROM raw_files.sale_lines") == [(0,)]


@pytest.mark.parametrize("ends", ["\r\n \n \r", "\n \r\n \n", "\r \r\n \r"])
def test_lines_that_end_in_different_ways_are_all_read(shop: Shop, ends: str) -> None:
    first, second, third = ends.split(" ")
    shop.write("sale_lines.csv", f"{HEADER.strip()}{first}{LINE}{second}{LINE}{third}{LINE}{first}")
    assert shop.load().tables["sale_lines"].accepted == 3


def test_two_columns_of_one_name_are_refused(shop: Shop) -> None:
    shop.write("sale_lines.csv", "store_id,Store_ID,product_id,sold_at,quantity,net_amount\n")
    assert "sale_lines.csv has two columns named Store_ID, store_id" in only_error(shop)


def test_files_that_feed_nothing_are_named_and_passed_over(shop: Shop) -> None:
    shop.sale_lines("sale_lines.csv", LINE)
    shop.write("notes.txt", "x")
    shop.write("turnover.csv", "x")
    shop.write(".sale_lines.csv.swp", "x")
    report = shop.load()
    assert set(report.ignored) == {"notes.txt", "turnover.csv"}
    assert report.errors == []


def test_a_file_that_is_written_to_meanwhile_is_left_for_the_next_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.sale_lines("sale_lines.csv", LINE)
    read = load_folder.read_file

    def read_while_someone_writes(*arguments: object) -> object:
        result = read(*arguments)  # type: ignore[arg-type]
        path.write_text(HEADER + LINE + "\n" + LINE.replace("T1", "T2") + "\n")
        return result

    monkeypatch.setattr(load_folder, "read_file", read_while_someone_writes)
    assert "changed while it was read" in only_error(shop)
    monkeypatch.undo()
    assert shop.load().tables["sale_lines"].accepted == 2


@pytest.mark.parametrize("fills_up", ["before the rows reach the warehouse", "while the warehouse is written"])
def test_a_full_disk_stops_the_load_with_a_clear_message_and_the_next_run_completes_it(
    shop: Shop, fills_up: str
) -> None:
    shop.sale_lines("sale_lines.csv", LINE)
    shop.load()
    written = shop.workspace.warehouse.stat().st_size
    limit = 400_000 if fills_up.startswith("before") else written + 300_000
    rows = "".join(f"T{i},S1,P{i},2025-05-01 10:00:00,1,{i}\n" for i in range(60_000))
    shop.write("sale_lines_2.csv", HEADER + rows)
    code = (
        "import resource, signal, sys\nimport connectors\nfrom pathlib import Path\n"
        "from connectors.files.settings import FilesSource\nfrom retail.progress import silent\n"
        "from retail.settings import Settings\nfrom retail.workspace import Workspace\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "try:\n"
        f"    workspace = Workspace(Path({str(shop.workspace.root)!r}))\n"
        "    connectors.load(FilesSource(type='files'), workspace, Settings(), silent)\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )
    assert "PipelineError files: the load stopped because disk space or memory ran out" in done.stdout, done.stderr
    assert done.stderr == ""
    assert shop.load().errors == []
    assert shop.rows("SELECT count(*), count(DISTINCT sale_line_id) FROM raw_files.sale_lines") == [(60_001, 60_001)]


def test_too_little_memory_is_said(shop: Shop) -> None:
    shop.settings = Settings(warehouse_memory_limit="2MB")
    rows = "".join(f"T{i},S1,P{i},2025-05-01 10:00:00,1,{i}\n" for i in range(20_000))
    shop.write("sale_lines.csv", HEADER + rows)
    with pytest.raises(PipelineError, match="TILLSIGHT_WAREHOUSE_MEMORY_LIMIT"):
        shop.load()
