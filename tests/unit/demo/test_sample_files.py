"""The sample chain's files: their shape, their size, and that they are the same each time."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.sample import generate
from retail.errors import PipelineError, UnusableRequest

TEMPLATE = Path(__file__).parents[3] / "connectors" / "files" / "template.yml"


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_arguments_give_the_same_bytes(
    sample: Any, make_sample: Callable[..., Any], as_of_at: datetime
) -> None:
    again = make_sample(as_of_at)
    assert digests(again.folder.parent) == digests(sample.folder.parent)
    assert again.summary == sample.summary


def test_another_seed_gives_another_history(sample: Any, make_sample: Callable[..., Any], as_of_at: datetime) -> None:
    other = make_sample(as_of_at, seed=8)
    assert digests(other.folder)["sale_lines.csv"] != digests(sample.folder)["sale_lines.csv"]


def test_every_table_of_the_template_has_rows_and_exactly_its_columns(sample: Any) -> None:
    tables = yaml.safe_load(TEMPLATE.read_text())["tables"]
    # A chain with one currency has no exchange rates.
    del tables["exchange_rates"]
    assert {path.name for path in sample.folder.iterdir()} == {f"{table}.csv" for table in tables}
    for table, declared in tables.items():
        header = (sample.folder / f"{table}.csv").read_text().splitlines()[0].split(",")
        assert sorted(header) == sorted(declared["columns"]), table
        assert sample.value(f"select count(*) from {table}") == sample.summary.files[f"{table}.csv"] > 0


def test_keys_are_unique(sample: Any) -> None:
    for table, declared in yaml.safe_load(TEMPLATE.read_text())["tables"].items():
        if table != "exchange_rates":
            key = ", ".join(declared["key"])
            assert sample.rows(f"select {key} from {table} group by all having count(*) > 1") == [], table


def test_nothing_happens_after_the_as_of_moment(sample: Any, as_of_at: datetime) -> None:
    for table, column in (
        ("sales", "sold_at"),
        ("sale_lines", "sold_at"),
        ("payments", "paid_at"),
        ("stock_movements", "moved_at"),
        ("purchase_orders", "ordered_at"),
        ("receipts", "received_at"),
    ):
        assert sample.value(f"select max({column}) from {table}") <= as_of_at, table


def test_names_that_break_careless_software_are_there(sample: Any) -> None:
    names = {name for (name,) in sample.rows("select name from products")}
    assert {"{{ 7*7 }} Party Banner", "Farmer's Loaf"} <= names
    assert len(names) == sample.value("select count(*) from products")


def test_small_has_what_the_full_chain_has(sample: Any) -> None:
    assert (sample.summary.stores, sample.value("select count(*) from stores")) == (2, 2)
    assert 35 <= sample.summary.products <= 50
    assert sample.value("select count(distinct time_zone) from stores") == 2
    assert sample.value("select count(distinct split_part(category_path, ' > ', 1)) from products") == 8
    for condition in (
        "variant_of is not null",
        "shelf_life_days < 10",
        "not is_active and discontinued_date is not null",
        "launched_date > (select min(sold_at)::date from sales)",
        "cost is null and kind = 'goods'",
        "kind = 'charge' and not is_stocked",
    ):
        assert sample.value(f"select count(*) from products where {condition}") > 0, condition


@pytest.mark.parametrize(
    ("hour", "stores_with_sales"),
    [(3, {"S1", "S2"}), (4, {"S1", "S2"}), (10, set()), (12, {"S1"}), (14, {"S1", "S2"}), (23, {"S1", "S2"})],
)
def test_the_last_day_goes_as_far_as_each_store_has_come(
    make_sample: Callable[..., Any], hour: int, stores_with_sales: set[str]
) -> None:
    moment = datetime(2024, 7, 10, hour, 55, tzinfo=UTC)
    sample = make_sample(moment)
    # Before 4:00 UTC it is the day before in both time zones, before 5:00 in one of them; S2 opens an hour after S1.
    day = "2024-07-09" if hour < 5 else "2024-07-10"
    sold = sample.rows(f"select distinct store_id from counted_lines where business_date = '{day}'")
    assert {store for (store,) in sold} == stores_with_sales
    assert sample.value("select max(sold_at) from sale_lines") <= moment
    assert sample.value("select min(on_hand) from closings") >= 0


def test_a_folder_with_files_is_refused_and_left_alone(tmp_path: Path, as_of_at: datetime) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    (folder / "mine.csv").write_text("precious")
    with pytest.raises(UnusableRequest, match="holds files already"):
        generate(folder, as_of_at=as_of_at, size="small")
    assert [path.name for path in tmp_path.rglob("*")] == ["incoming", "mine.csv"]


def test_a_moment_without_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableRequest, match="no time zone"):
        generate(tmp_path / "incoming", as_of_at=datetime(2025, 1, 1), size="small")  # noqa: DTZ001  the mistake that is tested


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path, as_of_at: datetime) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PipelineError, match="could not be written"):
        generate(tmp_path / "file" / "incoming", as_of_at=as_of_at, size="small")


@pytest.mark.slow
def test_the_full_chain_has_its_size_in_time(
    make_sample: Callable[..., Any], as_of_at: datetime, record_property: Callable[[str, object], None]
) -> None:
    began = time.perf_counter()
    sample = make_sample(as_of_at, size="full")
    seconds = time.perf_counter() - began
    record_property("seconds", seconds)
    sys.stderr.write(f"full sample chain: {sample.summary.lines:,} lines in {seconds:.1f} s (aim: under 20 s)\n")
    assert seconds < 60
    assert 900_000 <= sample.summary.lines <= 1_200_000
    assert (sample.summary.stores, sample.value("select count(distinct product_id) from truth")) == (5, 376)
    (share,) = sample.rows(
        """
        with ranged as (
            select on_hand, max(if(on_hand > 0 or change <> 0, business_date, null))
                over (partition by store_id, product_id order by business_date) >= business_date - 90 as is_ranged
            from closings
        )
        select avg((on_hand = 0)::int) from ranged where is_ranged
        """
    )[0]
    assert 0.04 <= share <= 0.07
    assert sample.value("select min(on_hand) from closings") >= 0
