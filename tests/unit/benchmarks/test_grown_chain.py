"""The benchmark's chain: bigger, and still one whose books agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.growth import AS_OF_AT, GrownChain, grow
from demo.sample import generate

COPIES = 3


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "files"
    generate(folder, as_of_at=AS_OF_AT, size="small")
    return folder


@pytest.fixture(scope="module")
def grown(sample: Path) -> tuple[Path, GrownChain]:
    root = sample.parent / "grown"
    return root, grow(sample, root / "history", root / "day", COPIES)


def _value(query: str) -> Any:
    row = duckdb.sql(query).fetchone()
    assert row is not None
    return row[0]


def _all(root: Path, table: str) -> str:
    files = [
        str(path) for path in root.rglob("*.csv") if path.stem.split("-")[0] == table and "edited" not in path.stem
    ]
    return f"read_csv({files}, union_by_name = true)"


@pytest.mark.parametrize("table", ["sales", "sale_lines", "payments"])
def test_every_ticket_is_there_as_often_as_asked(sample: Path, grown: tuple[Path, GrownChain], table: str) -> None:
    root, _ = grown
    assert _value(f"select count(*) from {_all(root, table)}") == COPIES * _value(
        f"select count(*) from '{sample / table}.csv'"
    )


def test_no_id_is_used_twice(grown: tuple[Path, GrownChain]) -> None:
    root, _ = grown
    assert _value(f"select count(*) - count(distinct sale_line_id) from {_all(root, 'sale_lines')}") == 0


def test_the_count_of_lines_is_that_of_the_files(grown: tuple[Path, GrownChain]) -> None:
    root, chain = grown
    assert _value(f"select count(*) from {_all(root / 'history', 'sale_lines')}") == chain.sale_lines
    assert _value(f"select count(*) from {_all(root / 'day', 'sale_lines')}") == chain.day_sale_lines


@pytest.mark.parametrize("part", ["history", "day"])
def test_movements_add_up_to_the_levels_before_and_after_the_last_day(
    grown: tuple[Path, GrownChain], part: str
) -> None:
    root, _ = grown
    moved = _all(root / "history" if part == "history" else root, "stock_movements")
    differing = _value(
        f"""
        select count(*) from (select store_id, product_id, sum(quantity) as quantity from {moved} group by all) as moved
        join read_csv('{root / part / "stock_levels.csv"}') as levels using (store_id, product_id)
        where moved.quantity <> levels.on_hand
        """
    )
    assert differing == 0


def test_the_corrected_ticket_is_one_unit_of_money_lower_in_lines_and_payments(
    grown: tuple[Path, GrownChain],
) -> None:
    root, chain = grown
    for table, column in (("sale_lines", "gross_amount"), ("payments", "amount")):
        chosen = f"where sale_id = '{chain.edited_sale_id}'"
        before = _value(f"select sum({column}::decimal(18, 4)) from {_all(root / 'history', table)} {chosen}")
        after = _value(f"select sum({column}::decimal(18, 4)) from '{root / 'day' / table}-edited.csv' {chosen}")
        assert before - after == 1
